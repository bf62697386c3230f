import { checkArguments, OptionError, rules } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { blankPicture, type Picture } from './picture.ts'

/**
 * The conversion from pixels to floats: `(pixel / 255 - mean) / standardDeviation`, for pixels scaled to 0..1. Each value is a
 * number for all channels, a list of one number, or a list of one per channel.
 */
export interface Normalization {
  readonly mean: number | readonly number[]
  /** Greater than 0. */
  readonly standardDeviation: number | readonly number[]
}

/** Other inputs than pictures are normalized too, for example radar. */
const anyChannels = rules.integer({ minimum: 1, maximum: 2 ** 20 })

/** Pixels from 0 to 1. */
export const UNIT_NORMALIZATION: Normalization = { mean: 0, standardDeviation: 1 }

/**
 * Mean and deviation of each channel.
 * @throws OptionError unless means are finite, deviations are finite and positive, and there is one of each, or one per channel.
 */
function perChannel(normalization: Normalization, channels: number): readonly (readonly [mean: number, deviation: number])[] {
  const means = [normalization.mean].flat()
  const deviations = [normalization.standardDeviation].flat()
  const fits = ({ length }: readonly number[]): boolean => length === channels || length === 1
  const positive = deviations.every((deviation) => deviation > 0 && deviation < Number.POSITIVE_INFINITY)
  if (!fits(means) || !fits(deviations) || !means.every(Number.isFinite) || !positive) {
    throw new OptionError({
      what: 'The normalization cannot be used.',
      expected: `a finite mean and a finite standard deviation above 0, of all channels or of each of the ${channels}`,
      received: `mean ${means.join(', ')} and standard deviation ${deviations.join(', ')}`,
    })
  }
  return Array.from({ length: channels }, (_, channel) => [
    means[means.length === 1 ? 0 : channel],
    deviations[deviations.length === 1 ? 0 : channel],
  ])
}

/**
 * The float of each pixel value: `[channels, 256]` in row-major order.
 * @throws OptionError on a normalization that does not fit.
 */
export function normalizationTable(normalization: Normalization, channels: number): Float32Array {
  checkArguments('normalizationTable()', {
    normalization: [normalization, argument.normalization],
    channels: [channels, anyChannels],
  })
  const values = new Float32Array(channels * 256)
  for (const [channel, [mean, deviation]] of perChannel(normalization, channels).entries()) {
    for (let pixel = 0; pixel < 256; pixel++) values[channel * 256 + pixel] = (pixel / 255 - mean) / deviation
  }
  return values
}

/**
 * Writes the floats of interleaved pixels to `floats`, starting at `offset`.
 * @param table The result of `normalizationTable`.
 */
export function writeNormalized(
  pixels: Uint8Array,
  table: Float32Array,
  channels: number,
  floats: Float32Array,
  offset: number,
): void {
  checkArguments('writeNormalized()', {
    pixels: [pixels, argument.bytes],
    table: [table, argument.floats],
    channels: [channels, anyChannels],
    floats: [floats, argument.floats],
    offset: [offset, rules.integer({ minimum: 0 })],
  })
  if (channels === 1) {
    for (let pixel = 0; pixel < pixels.length; pixel++) floats[offset + pixel] = table[pixels[pixel]]
    return
  }
  if (channels === 3) {
    for (let pixel = 0, place = offset; pixel < pixels.length; pixel += 3, place += 3) {
      floats[place] = table[pixels[pixel]]
      floats[place + 1] = table[256 + pixels[pixel + 1]]
      floats[place + 2] = table[512 + pixels[pixel + 2]]
    }
    return
  }
  for (let channel = 0; channel < channels; channel++) {
    const values = table.subarray(channel * 256, (channel + 1) * 256)
    for (let pixel = channel; pixel < pixels.length; pixel += channels) floats[offset + pixel] = values[pixels[pixel]]
  }
}

/**
 * The picture's floats, `[height, width, channels]` in row-major order.
 * @throws OptionError on a normalization that does not fit.
 */
export function normalize(picture: Picture, normalization: Normalization): Float32Array<ArrayBuffer> {
  checkArguments('normalize()', { picture: [picture, argument.picture] })
  const { data, channels } = picture
  const floats = new Float32Array(data.length)
  writeNormalized(data, normalizationTable(normalization, channels), channels, floats, 0)
  return floats
}

/**
 * Converts floats back to a picture, rounded and clamped to 0..255; NaN becomes 0.
 * @param shape `[height, width, channels]`. With other channels than 1 and 3, only the first one is shown.
 */
export function denormalize(
  floats: ArrayLike<number>,
  shape: readonly [number, number, number],
  normalization: Normalization,
): Picture {
  checkArguments('denormalize()', {
    floats: [floats, rules.numbers],
    shape: [shape, argument.pictureShape],
    normalization: [normalization, argument.normalization],
  })
  const [height, width, channels] = shape
  const parameters = perChannel(normalization, channels)
  const result = blankPicture(width, height, channels === 3 ? 3 : 1)
  for (let place = 0; place < result.data.length; place++) {
    const channel = place % result.channels
    const [mean, deviation] = parameters[channel]
    const value = floats[channels === 3 ? place : place * channels]
    result.data[place] = Math.max(0, Math.min(255, Math.round(255 * (value * deviation + mean))))
  }
  return result
}

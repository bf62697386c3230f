import { OptionError, rules, type ValueRule } from '@onebit/core'

/** How pixels become floats: `(pixel / 255 - mean) / standardDeviation`, with mean and deviation of pixels scaled to 0..1. */
export interface Normalization {
  mean: number
  /** Greater than 0. */
  standardDeviation: number
}

/** The same for each channel on its own: one mean and one deviation a channel. */
export interface ChannelNormalization {
  mean: readonly number[]
  /** Each greater than 0. */
  standardDeviation: readonly number[]
}

/** The form of either; `normalizedPixels` checks the numbers. */
export const normalizationRule: ValueRule = rules.object({
  mean: rules.either(rules.number(), rules.list(rules.number())),
  standardDeviation: rules.either(rules.number(), rules.list(rules.number())),
})

/**
 * The float of each pixel value: `[channels, 256]` in row-major order.
 * Throws `OptionError` unless means are finite, deviations finite and positive, and there is one of each, or one a channel.
 */
export function normalizedPixels(normalization: Normalization | ChannelNormalization, channels: number): Float32Array {
  const means = [normalization.mean].flat()
  const deviations = [normalization.standardDeviation].flat()
  const fits = ({ length }: number[]): boolean => length === channels || length === 1
  const positive = deviations.every((deviation) => deviation > 0 && deviation < Number.POSITIVE_INFINITY)
  if (!fits(means) || !fits(deviations) || !means.every(Number.isFinite) || !positive) {
    throw new OptionError({
      what: 'The normalization cannot be used.',
      expected: `a finite mean and a finite standard deviation above 0, of all channels or of each of the ${channels}`,
      received: `mean ${means.join(', ')} and standard deviation ${deviations.join(', ')}`,
    })
  }
  const values = new Float32Array(channels * 256)
  for (let channel = 0; channel < channels; channel++) {
    const mean = means[means.length === 1 ? 0 : channel]
    const deviation = deviations[deviations.length === 1 ? 0 : channel]
    for (let pixel = 0; pixel < 256; pixel++) values[channel * 256 + pixel] = (pixel / 255 - mean) / deviation
  }
  return values
}

/** Writes the floats of interleaved pixels to `floats` from `offset` on; `values` is what `normalizedPixels` returned. */
export function writeNormalized(
  pixels: Uint8Array,
  values: Float32Array,
  channels: number,
  floats: Float32Array,
  offset: number,
): void {
  if (channels === 1) {
    for (let pixel = 0; pixel < pixels.length; pixel++) floats[offset + pixel] = values[pixels[pixel]]
    return
  }
  if (channels === 3) {
    for (let pixel = 0, place = offset; pixel < pixels.length; pixel += 3, place += 3) {
      floats[place] = values[pixels[pixel]]
      floats[place + 1] = values[256 + pixels[pixel + 1]]
      floats[place + 2] = values[512 + pixels[pixel + 2]]
    }
    return
  }
  for (let channel = 0; channel < channels; channel++) {
    const table = values.subarray(channel * 256, (channel + 1) * 256)
    for (let pixel = channel; pixel < pixels.length; pixel += channels) floats[offset + pixel] = table[pixels[pixel]]
  }
}

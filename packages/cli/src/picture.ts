/** A picture file as the input of a network. */
import { readFile } from 'node:fs/promises'
import { FileError, fileError } from '@onebit/core'
import type { Augmentation, ChannelNormalization, Normalization } from '@onebit/data'
import { UsageError } from './errors.ts'

export interface PictureOptions {
  /** `[height, width, channels]` of the network's input; 1 channel is gray, 3 are red, green and blue. */
  readonly input: readonly number[]
  /** Without it pixels run from 0 to 1. */
  readonly normalization?: Normalization | ChannelNormalization
  /** How the network's own pictures became inputs; without it the whole picture is fitted in. */
  readonly preparation?: readonly Augmentation[]
  /** Exchange light and dark. */
  readonly invert?: boolean
}

export interface Picture {
  /** `[height, width, channels]`, normalized. */
  readonly values: Float32Array
  /** Mean of the outermost pixels as the network sees them, 0 (black) to 1 (white). */
  readonly border: number
}

interface Pixels {
  readonly data: Uint8Array
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Mean of the outermost pixels, per channel. */
function borderOf({ data, height, width, channels }: Pixels): number[] {
  const sums = new Array<number>(channels).fill(0)
  let count = 0
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (row > 0 && row < height - 1 && column > 0 && column < width - 1) continue
      for (let channel = 0; channel < channels; channel++) sums[channel] += data[(row * width + column) * channels + channel]
      count++
    }
  }
  return sums.map((sum) => sum / count)
}

/** The picture in the middle of a larger one that continues its border's color. */
function center(pixels: Pixels, border: readonly number[], height: number, width: number): Uint8Array {
  const { data, channels } = pixels
  const result = Uint8Array.from({ length: height * width * channels }, (_, i) => Math.round(border[i % channels]))
  const top = (height - pixels.height) >> 1
  const left = (width - pixels.width) >> 1
  for (let row = 0; row < pixels.height; row++) {
    const line = data.subarray(row * pixels.width * channels, (row + 1) * pixels.width * channels)
    result.set(line, ((row + top) * width + left) * channels)
  }
  return result
}

interface DecodeOptions {
  readonly channels: number
  readonly invert: boolean
  /** `[height, width]` that the whole picture is fitted into; without it, it keeps its size. */
  readonly inside?: readonly [number, number]
}

async function decode(file: string, { channels, invert, inside }: DecodeOptions): Promise<Pixels> {
  const bytes = await readFile(file).catch((error) => {
    throw fileError(`The picture '${file}' could not be read.`, error)
  })
  const { default: sharp } = await import('sharp')
  try {
    const upright = sharp(bytes)
      .autoOrient()
      .flatten({ background: invert ? '#ffffff' : '#000000' })
    const { data, info } = await (inside ? upright.resize(inside[1], inside[0], { fit: 'inside' }) : upright)
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    return { data: invert ? data.map((value) => 255 - value) : data, height: info.height, width: info.width, channels }
  } catch (error) {
    throw new FileError(
      {
        what: `'${file}' could not be decoded as a picture.`,
        expected: 'PNG, JPEG, WebP, GIF, AVIF or TIFF',
        received: (error as Error).message,
      },
      { cause: error },
    )
  }
}

/** The picture as large as the input. */
async function fitted(file: string, [height, width, channels]: readonly number[], options: PictureOptions): Promise<Pixels> {
  const { preparation, invert = false } = options
  if (!preparation) {
    const pixels = await decode(file, { channels, invert, inside: [height, width] })
    return { data: center(pixels, borderOf(pixels), height, width), height, width, channels }
  }
  const { augmentImage, Random } = await import('@onebit/data')
  const pixels = await decode(file, { channels, invert })
  return augmentImage({ ...pixels, data: Uint8Array.from(pixels.data) }, preparation, new Random(0))
}

/**
 * The picture prepared as the network's own were. Of a network that does not say how, the whole picture is fitted into the input and what
 * is left over takes the color of its border. What is transparent is black.
 * @throws FileError if the file cannot be read or is no picture; UsageError if the network takes no pictures.
 */
export async function readPicture(file: string, options: PictureOptions): Promise<Picture> {
  const { input, normalization = { mean: 0, standardDeviation: 1 } } = options
  const [height, width, channels] = input
  if (input.length !== 3 || (channels !== 1 && channels !== 3)) {
    throw new UsageError({
      what: 'This network takes no pictures.',
      expected: 'an input of [height, width, 1 or 3]',
      received: `[${input.join(', ')}]`,
    })
  }
  const { floatImages } = await import('@onebit/data')
  const pixels = await fitted(file, input, options)
  const set = {
    images: pixels.data,
    labels: new Uint8Array(1),
    count: 1,
    shape: [height, width, channels] as const,
    normalization,
  }
  const border = borderOf(pixels)
  return { values: floatImages(set, [0]), border: border.reduce((sum, value) => sum + value, 0) / channels / 255 }
}

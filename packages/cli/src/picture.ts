/** A picture file as the input of a network. */
import { readFile } from 'node:fs/promises'
import { FileError } from '@onebit/core'
import type { Normalization } from '@onebit/data'
import { UsageError } from './errors.ts'

export interface PictureOptions {
  /** `[height, width, channels]` of the network's input; 1 channel is gray, 3 are red, green and blue. */
  readonly input: readonly number[]
  /** Without it pixels run from 0 to 1. */
  readonly normalization?: Normalization
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

async function decode(file: string, height: number, width: number, channels: number, invert: boolean): Promise<Pixels> {
  const bytes = await readFile(file).catch((error) => {
    throw new FileError(
      { what: `The picture '${file}' could not be read.`, received: error.message, fix: 'Check the path.' },
      { cause: error },
    )
  })
  const { default: sharp } = await import('sharp')
  try {
    const { data, info } = await sharp(bytes)
      .autoOrient()
      .flatten({ background: invert ? '#ffffff' : '#000000' })
      .resize(width, height, { fit: 'inside' })
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

/**
 * Fits the whole picture into the input; what is left over takes the color of the picture's border, what is transparent is black.
 * @throws FileError if the file cannot be read or is no picture; UsageError if the network takes no pictures.
 */
export async function readPicture(file: string, { input, normalization, invert = false }: PictureOptions): Promise<Picture> {
  const [height, width, channels] = input
  if (input.length !== 3 || (channels !== 1 && channels !== 3)) {
    throw new UsageError({
      what: 'This network takes no pictures.',
      expected: 'an input of [height, width, 1 or 3]',
      received: `[${input.join(', ')}]`,
    })
  }
  const pixels = await decode(file, height, width, channels, invert)
  const border = borderOf(pixels)
  const { mean, standardDeviation } = normalization ?? { mean: 0, standardDeviation: 1 }
  const values = Float32Array.from(center(pixels, border, height, width), (pixel) => (pixel / 255 - mean) / standardDeviation)
  return { values, border: border.reduce((sum, value) => sum + value, 0) / channels / 255 }
}

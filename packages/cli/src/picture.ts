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

function borderOf(pixels: Uint8Array, height: number, width: number, channels: number): number {
  let sum = 0
  let count = 0
  for (let i = 0; i < pixels.length; i++) {
    const row = Math.floor(i / (width * channels))
    const column = Math.floor(i / channels) % width
    if (row > 0 && row < height - 1 && column > 0 && column < width - 1) continue
    sum += pixels[i]
    count++
  }
  return sum / count / 255
}

/**
 * Fits the whole picture into the input; what is left over becomes black, as does what is transparent.
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
  const { default: sharp } = await import('sharp')
  const bytes = await readFile(file).catch((error) => {
    throw new FileError(
      { what: `The picture '${file}' could not be read.`, received: error.message, fix: 'Check the path.' },
      { cause: error },
    )
  })
  let pixels: Buffer
  try {
    // What is added must be black once inverted.
    const background = invert ? '#ffffff' : '#000000'
    pixels = await sharp(bytes)
      .autoOrient()
      .flatten({ background })
      .resize(width, height, { fit: 'contain', background })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer()
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
  if (invert) pixels = pixels.map((value) => 255 - value) as Buffer
  const { mean, standardDeviation } = normalization ?? { mean: 0, standardDeviation: 1 }
  const values = Float32Array.from(pixels, (pixel) => (pixel / 255 - mean) / standardDeviation)
  return { values, border: borderOf(pixels, height, width, channels) }
}

/** A picture file as the input of a network. */
import { FileError } from '@onebit/core'
import {
  borderColor,
  invertPicture,
  type Picture,
  type Preparation,
  type PreparedPicture,
  type PrepareOptions,
  preparePicture,
  toChannels,
} from '@onebit/image'
import { UsageError } from './errors.ts'

export interface PictureFileOptions extends Omit<PrepareOptions, 'background'> {
  /** How the network's own pictures became inputs; without it the whole picture is fitted in, and its border continues. */
  readonly preparation?: Preparation
  /** Exchange light and dark. What is transparent is black all the same. */
  readonly invert?: boolean
}

export interface PreparedFile extends PreparedPicture {
  /** Mean of the outermost pixels as the network sees them, 0 (black) to 1 (white). */
  readonly border: number
}

async function decode(file: string): Promise<Picture> {
  const [{ decodeImage, DataError }, { default: sharp }] = await Promise.all([import('@onebit/data'), import('sharp')])
  try {
    return await decodeImage(sharp, file)
  } catch (error) {
    if (!DataError.isInstance(error)) throw error
    throw new FileError(
      {
        what: `'${file}' could not be decoded as a picture.`,
        expected: 'PNG, JPEG, WebP, GIF, AVIF or TIFF',
        received: error.parts.received,
      },
      { cause: error },
    )
  }
}

/**
 * The picture prepared as the network's own were in training and evaluation, to the bit.
 * @throws FileError if the file cannot be read or is no picture; UsageError if the network takes no pictures.
 */
export async function preparePictureFile(file: string, options: PictureFileOptions): Promise<PreparedFile> {
  const { input, preparation, invert = false, normalization } = options
  if (input.length !== 3 || ![1, 3].includes(input[2])) {
    throw new UsageError({
      what: 'This network takes no pictures.',
      expected: 'an input of [height, width, 1 or 3]',
      received: `[${input.join(', ')}]`,
    })
  }
  const decoded = await decode(file)
  const picture = invert ? invertPicture(toChannels(decoded, 3, 'white')) : decoded
  const prepared = preparePicture(picture, preparation, { input, normalization })
  const border = borderColor(prepared.picture)
  return { ...prepared, border: border.reduce((sum, value) => sum + value, 0) / border.length / 255 }
}

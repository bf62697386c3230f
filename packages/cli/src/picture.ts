/**
 * Picture files as pixels, by the decoder that training and evaluation use. All that follows is `@onebit/image`'s, the same in training,
 * evaluation and deployment.
 */
import { FileError } from '@onebit/core'
import type { Picture } from '@onebit/image'

/**
 * A picture, upright, in color as its file has it, with alpha where it has that.
 * @throws FileError if the file cannot be read or is no picture.
 */
export async function readPictureFile(file: string): Promise<Picture> {
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

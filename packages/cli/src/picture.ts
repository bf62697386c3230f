/**
 * Decodes picture files with the decoder of training and evaluation. `@onebit/image` does the rest, in the same way for training,
 * evaluation and deployment.
 */
import { FileError } from '@onebit/core'
import type { Picture } from '@onebit/image'

/**
 * A picture, upright, with the file's colors and, if it has one, its alpha channel.
 * @throws FileError if the file cannot be read or is not a picture.
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

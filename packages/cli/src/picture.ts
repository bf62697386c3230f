/**
 * Decodes picture files with the decoder of training and evaluation. `@onebit/image` does the rest, in the same way for training,
 * evaluation and deployment.
 */
import { FileError, LimitError, readSource } from '@onebit/core'
import type { Picture } from '@onebit/image'

/** Bytes of a picture file: more than any that may be decoded needs. */
const MOST_BYTES = 2 ** 28

/** @throws FileError if the source cannot be read, or is larger than any picture. */
async function bytesOf(source: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await readSource(source, { signal, limits: { fileBytes: MOST_BYTES } })
  } catch (error) {
    if (!LimitError.isInstance(error)) throw error
    const { received } = error.parts
    const expected = `at most ${MOST_BYTES / 2 ** 20} MB`
    throw new FileError({ what: `'${source}' is too large for a picture.`, expected, received }, { cause: error })
  }
}

/**
 * A picture, upright, with the file's colors and, if it has one, its alpha channel.
 * @param source A path, or an address of the web.
 * @throws FileError if the file cannot be read or is not a picture.
 */
export async function readPictureFile(source: string, signal?: AbortSignal): Promise<Picture> {
  const [{ decodeImage, DataError }, { default: sharp }] = await Promise.all([import('@onebit/data'), import('sharp')])
  const bytes = await bytesOf(source, signal)
  try {
    return await decodeImage(sharp, { name: source, bytes })
  } catch (error) {
    if (!DataError.isInstance(error)) throw error
    throw new FileError(
      {
        what: `'${source}' could not be decoded as a picture.`,
        expected: 'PNG, JPEG, WebP, GIF, AVIF or TIFF',
        received: error.parts.received,
      },
      { cause: error },
    )
  }
}

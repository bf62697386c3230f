/** Picture files as pixels. All that follows is `@onebit/image`'s, the same in training, evaluation and deployment. */
import { readFile } from 'node:fs/promises'
import { FileError, fileError } from '@onebit/core'
import { type Picture, pictureOf } from '@onebit/image'

/**
 * A picture, upright, as its file has it: gray, in color, or in color with alpha.
 * @throws FileError if the file cannot be read or is no picture.
 */
export async function readPictureFile(file: string): Promise<Picture> {
  const bytes = await readFile(file).catch((error) => {
    throw fileError(`The picture '${file}' could not be read.`, error)
  })
  const { default: sharp } = await import('sharp')
  try {
    const image = sharp(bytes)
    const { channels } = await image.metadata()
    const { data, info } = await image
      .autoOrient()
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    return pictureOf(Uint8Array.from(data), info.width, info.height)
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

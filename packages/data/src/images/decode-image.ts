import { checkArguments, FileError, rules } from '@onebit/core'
import { type Picture, pictureOf, pictureRules } from '@onebit/image'
import * as argument from '../argument-rules.ts'
import { DataError } from '../data-error.ts'
import { builtin } from '../node-builtins.ts'
import { diskError } from '../on-disk.ts'

/** Default maximum number of pixels per image: 8192 x 8192, which take 200 MB. */
export const MOST_PIXELS = 2 ** 26

/** The part of the package `sharp` that is used here. */
export interface Sharp {
  (bytes: Uint8Array, options: { failOn: 'error'; limitInputPixels: number }): SharpImage
  concurrency(threads: number): number
  cache(options: boolean): unknown
}

interface SharpImage {
  autoOrient(): SharpImage
  toColourspace(space: 'srgb'): SharpImage
  raw(): { toBuffer(options: { resolveWithObject: true }): Promise<{ data: Uint8Array<ArrayBuffer>; info: RawInfo }> }
}

interface RawInfo {
  width: number
  height: number
}

/** The content of an image file, read before, and its name in errors. */
interface NamedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

const source = rules.either(argument.path, rules.object({ name: rules.text, bytes: pictureRules.bytes }))

/**
 * Reads and decodes an image file to sRGB with 3 channels, or 4 with straight alpha. Gray, CMYK and 16-bit images are converted,
 * and the camera's orientation is applied. `@onebit/image` computes gray and removes alpha, as in a browser. When this function
 * returns, the file has been read and its decoding has started on libuv's pool: inside a worker, reading synchronously is faster
 * than using the event loop. Throws `FileError` if the file cannot be read; `DataError` with reason `empty` for a file of zero
 * bytes, `decode` for a damaged file or one that is not an image, `oversized` for too many pixels.
 * @param given A path, or the bytes of a file.
 * @param maxPixels Larger images are not decoded, because a file of a few kilobytes may state any size.
 */
export async function decodeImage(sharp: Sharp, given: string | NamedFile, maxPixels = MOST_PIXELS): Promise<Picture> {
  checkArguments('decodeImage()', {
    sharp: [sharp, rules.callback],
    file: [given, source],
    maxPixels: [maxPixels, rules.integer({ minimum: 1 })],
  })
  const { name: file, bytes } = typeof given === 'string' ? { name: given, bytes: read(given) } : given
  if (bytes.length === 0) {
    throw new DataError({
      reason: 'empty',
      file,
      what: `The image file '${file}' is empty.`,
      expected: 'an image',
      received: '0 bytes',
      fix: 'Get the file again.',
    })
  }
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels })
      .autoOrient()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    return pictureOf(data, info.width, info.height)
  } catch (cause) {
    if (/pixel limit/.test((cause as Error).message)) throw tooManyPixels(file, bytes.length, maxPixels, cause)
    throw new DataError(
      {
        reason: 'decode',
        file,
        what: `'${file}' cannot be decoded as an image.`,
        expected: 'a complete JPEG, PNG, WebP, GIF, TIFF or AVIF file',
        received: `${bytes.length} bytes: ${(cause as Error).message.trim().replaceAll('\n', '; ')}`,
        fix: `Get the file again, remove it, or set \`badFiles: 'skip'\`.`,
      },
      { cause },
    )
  }
}

function tooManyPixels(file: string, bytes: number, maxPixels: number, cause: unknown): DataError {
  return new DataError(
    {
      reason: 'oversized',
      file,
      what: `The image '${file}' has too many pixels.`,
      expected: `at most ${maxPixels}`,
      received: `${bytes} bytes that decode to more`,
      fix: `Scale it down, raise \`maxPixels\`, or set \`badFiles: 'skip'\`.`,
    },
    { cause },
  )
}

function read(file: string): Uint8Array {
  try {
    return builtin('node:fs')!.readFileSync(file)
  } catch (cause) {
    throw diskError(file, 'read', cause as Error)
  }
}

/** True if the error comes from the file rather than from the program. */
export function isFault(error: unknown): error is DataError | FileError {
  return DataError.isInstance(error) || FileError.isInstance(error)
}

/** Reads text and JSON in the encodings of common tools: PowerShell's `>` writes UTF-16, Windows editors a byte order mark. */

import { FileError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { bytesOf } from '../platform/realms.ts'
import { decodeUtf8 } from './utf8.ts'

/** The bytes of each mark and its encoding. UTF-8 needs no mark. */
const MARKS = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
] as const

/** Swaps the bytes of UTF-16, because small builds of Node cannot decode the other order. */
function swapped(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, index) => bytes[index ^ 1] ?? 0)
}

/**
 * The text of a file: UTF-8, with or without a byte order mark, or UTF-16 with one.
 * @param title The file's name in messages.
 * @throws FileError if it is none of these.
 */
export function decodeText(source: Uint8Array, title: string): string {
  const bytes = bytesOf(source)
  if (!bytes) throw new FileError({ what: `'${title}' is not text.`, expected: 'bytes', received: describeValue(source) })
  const mark = MARKS.find(({ bytes: start }) => start.every((byte, index) => bytes[index] === byte))
  const content = bytes.subarray(mark?.bytes.length ?? 0)
  const isWide = mark !== undefined && mark.encoding !== 'utf-8'
  try {
    if (isWide && content.length % 2 === 1) throw new Error('a character of one byte')
    if (!isWide) return decodeUtf8(content)
    const decoder = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true })
    return decoder.decode(mark.encoding === 'utf-16be' ? swapped(content) : content)
  } catch (error) {
    throw new FileError(
      {
        what: `'${title}' is not text.`,
        expected: 'UTF-8, or UTF-16 with a byte order mark',
        received: (error as Error).message,
        fix: 'Save it as UTF-8, or get it again.',
      },
      { cause: error },
    )
  }
}

/**
 * The value in a file of JSON, in any encoding that `decodeText` knows.
 * @param title The file's name in messages.
 * @throws FileError if it is not text or not valid JSON.
 */
export function decodeJson(bytes: Uint8Array, title: string): unknown {
  const text = decodeText(bytes, title)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FileError(
      {
        what: `'${title}' is not valid JSON.`,
        received: text === '' ? 'an empty file' : (error as Error).message,
        fix: 'Mend it, or get it again.',
      },
      { cause: error },
    )
  }
}

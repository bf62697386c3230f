import { DataError } from './data-error.ts'
import { builtin } from './node-builtins.ts'

/** True if the bytes begin with the magic number of gzip, 1f 8b. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Default maximum size of an inflated file, because deflate can pack up to a thousand zeros into a byte. */
const LARGEST = 2 ** 30

function oversized(name: string, bytes: Uint8Array, largest: number): DataError {
  return new DataError({
    reason: 'oversized',
    file: name,
    what: `The gzip file '${name}' inflates to more bytes than allowed.`,
    expected: `at most ${largest} bytes`,
    received: `${bytes.length} bytes that inflate to more`,
    fix: 'Check the origin of the file. If you trust it, inflate it yourself.',
  })
}

/** Inflates chunk by chunk outside Node, so that no more than `largest` bytes are ever in memory. Undefined if there are more. */
async function inflateStream(bytes: Uint8Array<ArrayBuffer>, largest: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length
    if (length > largest) {
      await reader.cancel()
      return undefined
    }
    chunks.push(part.value)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

/**
 * The inflated content of a gzip file, by zlib in Node and by DecompressionStream elsewhere.
 * @param largest Maximum number of bytes.
 * Throws `DataError` with reason `truncated` (Node only), `oversized` or `gzip`, naming the file.
 */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>, name: string, largest = LARGEST): Promise<Uint8Array<ArrayBuffer>> {
  const zlib = builtin('node:zlib')
  let content: Uint8Array<ArrayBuffer> | undefined
  try {
    content = zlib
      ? await new Promise((resolve, reject) => {
          zlib.gunzip(bytes, { maxOutputLength: largest }, (error, inflated) => {
            if (error) reject(error)
            else resolve(inflated as Uint8Array<ArrayBuffer>)
          })
        })
      : await inflateStream(bytes, largest)
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw oversized(name, bytes, largest)
    const truncated = (cause as { code?: string }).code === 'Z_BUF_ERROR'
    throw new DataError(
      {
        reason: truncated ? 'truncated' : 'gzip',
        file: name,
        what: truncated ? `The gzip file '${name}' ends too early.` : `The gzip file '${name}' does not inflate.`,
        expected: 'a complete gzip file',
        received: `${bytes.length} bytes: ${(cause as Error).message}`,
        fix: 'Get the file again.',
      },
      { cause },
    )
  }
  if (!content) throw oversized(name, bytes, largest)
  return content
}

import { DataError } from './data-error.ts'
import { builtin } from './node-builtins.ts'

/** Whether the bytes begin like a gzip member: 1f 8b. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * The inflated content of a gzip file; with zlib in Node, with DecompressionStream elsewhere.
 * Throws `DataError` with reason `truncated` (Node only) or `gzip`, naming the file.
 */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const zlib = builtin('node:zlib')
  try {
    if (zlib) {
      return await new Promise((resolve, reject) => {
        zlib.gunzip(bytes, (error, content) => (error ? reject(error) : resolve(content as Uint8Array<ArrayBuffer>)))
      })
    }
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
    return new Uint8Array(await new Response(stream).arrayBuffer())
  } catch (cause) {
    const truncated = (cause as { code?: string }).code === 'Z_BUF_ERROR'
    throw new DataError(
      {
        reason: truncated ? 'truncated' : 'gzip',
        file: name,
        what: truncated ? `The gzip file '${name}' ends too early.` : `The gzip file '${name}' does not inflate.`,
        expected: 'a whole gzip file',
        received: `${bytes.length} bytes: ${(cause as Error).message}`,
        fix: 'Get the file again.',
      },
      { cause },
    )
  }
}

/**
 * What a value is, by its tag and not by `instanceof`: a page's iframe, a worker's sandbox and a test runner have constructors of their
 * own, and their arrays, buffers and URLs are as good as ours.
 */

/** `Float32Array`, `URL`, `Blob`, `WebAssembly.Module`, ... */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** Memory that threads may share is copied: text decoders and hashes refuse it, and nobody may change what was checked. */
function ownBytes(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array {
  const view = new Uint8Array(buffer, offset, length)
  return tagOf(buffer) === 'SharedArrayBuffer' ? Uint8Array.from(view) : view
}

/** The bytes of a buffer, or of a view of one whose elements are bytes; undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  const tag = tagOf(value)
  if (tag === 'ArrayBuffer' || tag === 'SharedArrayBuffer') {
    const buffer = value as ArrayBufferLike
    return ownBytes(buffer, 0, buffer.byteLength)
  }
  if (!ArrayBuffer.isView(value) || !['Uint8Array', 'Uint8ClampedArray', 'DataView'].includes(tag)) return undefined
  return ownBytes(value.buffer, value.byteOffset, value.byteLength)
}

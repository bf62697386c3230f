/**
 * Tells the type of a value by its tag instead of `instanceof`. A page's iframe, a worker's sandbox and a test runner have constructors
 * of their own, and their arrays, buffers and URLs are valid too.
 */

/** `Float32Array`, `URL`, `Blob`, `WebAssembly.Module`, ... */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** Copies shared memory: text decoders and hashes refuse it, and another thread could change bytes after their check. */
function ownBytes(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array {
  const view = new Uint8Array(buffer, offset, length)
  return tagOf(buffer) === 'SharedArrayBuffer' ? Uint8Array.from(view) : view
}

/** The bytes of a buffer or of a view with elements of one byte. Undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  const tag = tagOf(value)
  if (tag === 'ArrayBuffer' || tag === 'SharedArrayBuffer') {
    const buffer = value as ArrayBufferLike
    return ownBytes(buffer, 0, buffer.byteLength)
  }
  if (!ArrayBuffer.isView(value) || !['Uint8Array', 'Uint8ClampedArray', 'DataView'].includes(tag)) return undefined
  return ownBytes(value.buffer, value.byteOffset, value.byteLength)
}

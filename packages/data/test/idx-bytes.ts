/** An IDX file in the exact format, for tests to read or to break. */
export function idxBytes(shape: number[], values: ArrayLike<number>, type = 0x08): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length)
  bytes.set([0, 0, type, shape.length])
  const view = new DataView(bytes.buffer)
  for (const [dimension, size] of shape.entries()) view.setUint32(4 + 4 * dimension, size)
  bytes.set(values, 4 + 4 * shape.length)
  return bytes
}

/**
 * The base that all pixels of a layer share, as the epilogue wants it: 8 times the int16, then what turns counts into float32 sums, 4 times
 * the float32 2^24 + base and 8 times the upper half of the float32 2^24, see assembly/epilogue.ts.
 */

const TWO_TO_24 = 2 ** 24

/** @param base Even, at most 32,767. */
export function layOutSharedBase(base: number): Uint8Array {
  const bytes = new Uint8Array(48)
  new Int16Array(bytes.buffer, 0, 8).fill(base)
  new Float32Array(bytes.buffer, 16, 4).fill(TWO_TO_24 + base)
  new Uint16Array(bytes.buffer, 32, 8).fill(new Uint32Array(Float32Array.of(TWO_TO_24).buffer)[0] >>> 16)
  return bytes
}

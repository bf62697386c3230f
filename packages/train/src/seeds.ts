/**
 * Derives many independent seeds from one: a seed for each purpose, by name and number, so that nothing depends on the order of
 * draws.
 */

/**
 * MurmurHash3 (32-bit, Austin Appleby) of the parts as text: an integer from 1 to 2^31 - 1. TensorFlow.js treats 0 as no seed.
 */
export function seedFor(...parts: readonly (string | number)[]): number {
  const bytes = new TextEncoder().encode(parts.join('\0'))
  let hash = 0
  for (const [index, byte] of bytes.entries()) {
    // Hash one byte per round: the parts are short, and the finalizer mixes all bits.
    let mixed = Math.imul(byte + 256 * (index + 1), 0xcc9e2d51)
    mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
    hash ^= mixed
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash = (hash ^ (hash >>> 16)) & 0x7fffffff
  return hash === 0 ? 1 : hash
}

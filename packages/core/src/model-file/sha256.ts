/**
 * Synchronous SHA-256 (FIPS 180-4). It uses Node's own module if there is one, else plain code. `crypto.subtle` is asynchronous, and
 * pages that are not served over HTTPS lack it but must load models too.
 */

import { OptionError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { bytesOf } from '../platform/realms.ts'

// biome-ignore format: a table
const ROUND_CONSTANTS = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
])
// biome-ignore format: a table
const INITIAL_STATE = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]
const BLOCK = 64

/** One compression round of the 64 bytes of `bytes` from `start` on; `schedule` is scratch space of 64 words. */
function compress(state: Uint32Array, schedule: Uint32Array, bytes: Uint8Array, start: number): void {
  for (let i = 0; i < 16; i++) {
    const at = start + 4 * i
    schedule[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
  }
  for (let i = 16; i < 64; i++) {
    const x = schedule[i - 15]
    const y = schedule[i - 2]
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    schedule[i] = (schedule[i - 16] + low + schedule[i - 7] + high) | 0
  }
  let a = state[0]
  let b = state[1]
  let c = state[2]
  let d = state[3]
  let e = state[4]
  let f = state[5]
  let g = state[6]
  let h = state[7]
  for (let i = 0; i < 64; i++) {
    const sumE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const first = (h + sumE + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i] + schedule[i]) | 0
    const sumA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const second = (sumA + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
  state[4] += e
  state[5] += f
  state[6] += g
  state[7] += h
}

/**
 * The SHA-256 of the joined chunks, as 64 lower-case hexadecimal digits.
 * @throws OptionError if a chunk is not bytes.
 */
export function sha256(...given: readonly (Uint8Array | ArrayBuffer | SharedArrayBuffer)[]): string {
  const chunks = given.map((chunk) => {
    const bytes = bytesOf(chunk)
    if (bytes) return bytes
    throw new OptionError({ what: 'sha256() takes bytes.', expected: 'Uint8Arrays or buffers', received: describeValue(chunk) })
  })
  const hash = globalThis.process?.getBuiltinModule?.('node:crypto')?.createHash('sha256')
  if (!hash) return plainSha256(...chunks)
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

/** The same without Node's module. */
export function plainSha256(...chunks: readonly Uint8Array[]): string {
  const state = Uint32Array.from(INITIAL_STATE)
  const schedule = new Uint32Array(64)
  const pending = new Uint8Array(BLOCK)
  let filled = 0
  let total = 0
  for (const chunk of chunks) {
    total += chunk.length
    let at = 0
    if (filled > 0) {
      at = Math.min(BLOCK - filled, chunk.length)
      pending.set(chunk.subarray(0, at), filled)
      filled += at
      if (filled < BLOCK) continue
      compress(state, schedule, pending, 0)
      filled = 0
    }
    for (; at + BLOCK <= chunk.length; at += BLOCK) compress(state, schedule, chunk, at)
    pending.set(chunk.subarray(at))
    filled = chunk.length - at
  }
  const tail = new Uint8Array(filled < BLOCK - 8 ? BLOCK : 2 * BLOCK)
  tail.set(pending.subarray(0, filled))
  tail[filled] = 0x80
  const bits = new DataView(tail.buffer, tail.length - 8)
  bits.setUint32(0, Math.floor(total / 2 ** 29))
  bits.setUint32(4, (total * 8) % 2 ** 32)
  for (let at = 0; at < tail.length; at += BLOCK) compress(state, schedule, tail, at)
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('')
}

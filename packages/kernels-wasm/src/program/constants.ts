/** What a network holds in memory from the start. The programs of one graph share it, so weights are laid out and held once. */
import type { Buffer } from './buffer.ts'

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Places of data that a fingerprint reads. */
const READ = 64

/** Equal for equal data, and seldom for other: made of the length and of bytes that lie evenly apart. */
function fingerprint(bytes: Uint8Array): string {
  // An odd step meets all bytes of a number by turns.
  const step = Math.max(1, Math.floor(bytes.length / READ) | 1)
  let hash = 0x811c9dc5
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash ^ bytes[i], 0x01000193)
  return `${bytes.length} ${hash}`
}

export class Constants {
  /** In the order in which they came. */
  readonly buffers: Buffer[] = []
  /** By their fingerprints, so that few are compared. */
  readonly #alike = new Map<string, Buffer[]>()
  /** Of data that was held as the same array before. */
  readonly #held = new WeakMap<ArrayBufferView, Buffer>()
  readonly #made = new Map<ArrayBufferView, Map<string, unknown>>()

  /** A buffer that holds `data`. Equal data is held once. */
  hold(data: ArrayBufferView): Buffer {
    const held = this.#held.get(data)
    if (held) return held
    const bytes = bytesOf(data)
    const key = fingerprint(bytes)
    const alike = this.#alike.get(key) ?? []
    this.#alike.set(key, alike)
    let buffer = alike.find((other) => sameBytes(bytesOf(other.data!), bytes))
    if (!buffer) {
      buffer = { bytes: data.byteLength, data, operation: 0, address: 0 }
      alike.push(buffer)
      this.buffers.push(buffer)
    }
    this.#held.set(data, buffer)
    return buffer
  }

  /**
   * What `make` makes of weights, which takes its time, made once.
   * @param key What is made, and all that it depends on beside the weights.
   */
  once<Made>(weights: ArrayBufferView, key: string, make: () => Made): Made {
    const made = this.#made.get(weights) ?? new Map<string, unknown>()
    this.#made.set(weights, made)
    if (!made.has(key)) made.set(key, make())
    return made.get(key) as Made
  }
}

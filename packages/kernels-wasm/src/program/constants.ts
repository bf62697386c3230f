/** Constants that a network holds in memory from the start. The programs of one graph share them, so weights are laid out once. */
import type { Buffer } from './buffer.ts'

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** A fingerprint reads this many places of the data. */
const READ = 64

/** Equal for equal data, seldom for other data. It consists of the length and of bytes at even distances. */
function fingerprint(bytes: Uint8Array): string {
  // With an odd step, the places cover all bytes of a number in turn.
  const step = Math.max(1, Math.floor(bytes.length / READ) | 1)
  let hash = 0x811c9dc5
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash ^ bytes[i], 0x01000193)
  return `${bytes.length} ${hash}`
}

export class Constants {
  /** Buffers in the order of their creation. */
  readonly buffers: Buffer[] = []
  /** Buffers by fingerprint, so that few must be compared. */
  readonly #alike = new Map<string, Buffer[]>()
  /** Buffers by the array that they hold. */
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
   * The result of `make` for some weights. It is made only once, because that takes time.
   * @param key Name of the result, and everything it depends on besides the weights.
   */
  once<Made>(weights: ArrayBufferView, key: string, make: () => Made): Made {
    const made = this.#made.get(weights) ?? new Map<string, unknown>()
    this.#made.set(weights, made)
    if (!made.has(key)) made.set(key, make())
    return made.get(key) as Made
  }
}

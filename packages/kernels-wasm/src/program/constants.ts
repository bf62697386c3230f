/** What a network holds in memory from the start. The programs of one graph share it, so weights are laid out and held once. */
import type { Buffer } from './buffer.ts'

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

export class Constants {
  /** In the order in which they came. */
  readonly buffers: Buffer[] = []
  /** By their length, so that few are compared. */
  readonly #byLength = new Map<number, Buffer[]>()
  readonly #made = new Map<ArrayBufferView, Map<string, unknown>>()

  /** A buffer that holds `data`. Equal data is held once. */
  hold(data: ArrayBufferView): Buffer {
    const alike = this.#byLength.get(data.byteLength) ?? []
    this.#byLength.set(data.byteLength, alike)
    const bytes = bytesOf(data)
    let buffer = alike.find((other) => other.data === data || sameBytes(bytesOf(other.data!), bytes))
    if (!buffer) {
      buffer = { bytes: data.byteLength, data, operation: 0, address: 0 }
      alike.push(buffer)
      this.buffers.push(buffer)
    }
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

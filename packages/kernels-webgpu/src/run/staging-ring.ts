/** Buffers through which results are read. Each serves one run at a time. */
import type { DeviceContext } from '../device/device-context.ts'
import type { Allocation } from '../device/device-memory.ts'
import { USAGE } from '../device/usage.ts'

/** Most idle buffers. More runs at once are rare. */
const MOST_IDLE = 4

export class StagingRing {
  readonly #context: DeviceContext
  #idle: Allocation[] = []
  #disposed = false

  constructor(context: DeviceContext) {
    this.#context = context
  }

  /** A buffer of at least this many bytes. */
  take(bytes: number): Allocation {
    const index = this.#idle.findIndex(({ buffer }) => buffer.size >= bytes)
    if (index >= 0) return this.#idle.splice(index, 1)[0]
    return this.#context.memory.allocate('results', bytes, USAGE.mapRead | USAGE.copyDestination)
  }

  /** Gives a buffer back, unmapped. */
  giveBack(allocation: Allocation): void {
    this.#idle.push(allocation)
    while (this.#idle.length > (this.#disposed ? 0 : MOST_IDLE)) this.discard(this.#idle.shift()!)
  }

  /** Frees a buffer that no run will use again. */
  discard({ buffer }: Allocation): void {
    this.#context.memory.free(buffer)
  }

  /** Frees the idle buffers now, and others when they are given back. */
  dispose(): void {
    this.#disposed = true
    for (const allocation of this.#idle) this.discard(allocation)
    this.#idle = []
  }
}

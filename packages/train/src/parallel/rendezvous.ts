/**
 * A meeting of threads in shared memory: each thread brings numbers and leaves with the numbers of all threads. Threads sleep
 * while they wait. A thread that watches can call the meeting off, and then nobody waits any longer.
 */

/** Number of values that a thread brings at once. Longer arrays take several meetings. */
const CAPACITY = 4096

/** Int32 cells in front of the numbers. */
const ARRIVED = 0
const MEETING = 1
const CALLED_OFF = 2
const CELLS = 4

/**
 * Allocates memory for `count` threads. Consecutive meetings alternate between two halves, so that a quick thread cannot
 * overwrite values that a slow one still reads.
 */
export function rendezvousMemory(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * CELLS + 8 * CAPACITY * count * 2)
}

/** Wakes all waiting threads. They, and threads that come later, get an error. */
export function callOff(memory: SharedArrayBuffer): void {
  const cells = new Int32Array(memory, 0, CELLS)
  Atomics.store(cells, CALLED_OFF, 1)
  Atomics.add(cells, MEETING, 1)
  Atomics.notify(cells, MEETING)
}

export class Rendezvous {
  readonly #cells: Int32Array
  readonly #numbers: Float64Array
  readonly #index: number
  readonly #count: number

  /** @param index Number of this thread, from 0. */
  constructor(memory: SharedArrayBuffer, index: number, count: number) {
    this.#cells = new Int32Array(memory, 0, CELLS)
    this.#numbers = new Float64Array(memory, 4 * CELLS)
    this.#index = index
    this.#count = count
  }

  /**
   * Blocks until all threads have called it, with arrays of one length.
   * @returns copies of all arrays, by thread.
   * @throws Error once the meeting is called off.
   */
  gather(values: Float64Array): Float64Array[] {
    const all = Array.from({ length: this.#count }, () => new Float64Array(values.length))
    for (let begin = 0; begin < values.length; begin += CAPACITY) {
      const end = Math.min(begin + CAPACITY, values.length)
      const half = (Atomics.load(this.#cells, MEETING) & 1) * CAPACITY * this.#count
      this.#numbers.set(values.subarray(begin, end), half + this.#index * CAPACITY)
      this.#meet()
      for (const [thread, numbers] of all.entries()) {
        const from = half + thread * CAPACITY
        numbers.set(this.#numbers.subarray(from, from + end - begin), begin)
      }
    }
    return all
  }

  #meet(): void {
    const cells = this.#cells
    const meeting = Atomics.load(cells, MEETING)
    if (Atomics.add(cells, ARRIVED, 1) + 1 === this.#count) {
      Atomics.store(cells, ARRIVED, 0)
      Atomics.add(cells, MEETING, 1)
      Atomics.notify(cells, MEETING)
    } else {
      while (Atomics.load(cells, MEETING) === meeting) Atomics.wait(cells, MEETING, meeting)
    }
    if (Atomics.load(cells, CALLED_OFF) === 1) throw new Error('Another training thread ended; its part of the batch is missing.')
  }
}

/** Collects what a program is made of: buffers and the kernel calls that work on them. */
import type { KernelName } from '../loading/kernels.ts'
import type { Argument, Buffer } from './buffer.ts'
import { Constants } from './constants.ts'
import { divideWork, type Share } from './divide-work.ts'

/** One kernel call. Buffers stand for their addresses. */
export interface Call {
  readonly kernel: KernelName
  readonly arguments: readonly Argument[]
}

/** Calls that run in order on one thread. */
export interface Task {
  readonly calls: readonly Call[]
  /** The thread that the task falls to unless another is done first. */
  readonly home: number
}

/** Tasks that may run at the same time. */
export interface Piece {
  readonly tasks: readonly Task[]
  readonly operation: number
}

const CACHE_LINE = 64

export class ProgramBuilder {
  readonly threads: number
  readonly pieces: Piece[] = []
  readonly #constants: Constants
  #operation = 0
  /** The calls of the task that is being emitted. */
  #calls: Call[] | undefined

  /** @param constants Those of the network so far. */
  constructor(threads = 1, constants = new Constants()) {
    this.threads = threads
    this.#constants = constants
  }

  /** What follows belongs to the next operation: it only reads the buffers that were allocated so far. */
  beginOperation(): void {
    this.#operation++
  }

  /** A buffer that holds `data` from the start. Equal data is held once. */
  constant(data: ArrayBufferView): Buffer {
    return this.#constants.hold(data)
  }

  /**
   * A buffer that from the start holds what `layOut` makes of weights.
   * @param layout Its name, and all that it depends on beside the weights.
   */
  laidOut(weights: ArrayBufferView, layout: readonly (string | number)[], layOut: () => ArrayBufferView): Buffer {
    return this.once(weights, layout, () => this.constant(layOut()))
  }

  /** What `make` makes of weights, made once for all programs of a network. */
  once<Made>(weights: ArrayBufferView, key: readonly (string | number)[], make: () => Made): Made {
    return this.#constants.once(weights, key.join(), make)
  }

  /** A buffer that lives from the first phase that mentions it to the last. */
  allocate(bytes: number): Buffer {
    return { bytes, operation: this.#operation, address: 0 }
  }

  /** A buffer for what a task leaves to its own later calls: each thread has its own. */
  scratch(bytes: number): Buffer {
    if (this.threads === 1) return this.allocate(bytes)
    const threadBytes = Math.ceil(bytes / CACHE_LINE) * CACHE_LINE
    return { ...this.allocate(threadBytes * this.threads), threadBytes }
  }

  call(kernel: KernelName, ...args: Argument[]): void {
    const call = { kernel, arguments: args }
    if (this.#calls) this.#calls.push(call)
    else this.pieces.push({ tasks: [{ calls: [call], home: 0 }], operation: this.#operation })
  }

  /** Adds calls that `emit` makes share by share; none may read what another writes. On one thread they are a plain sequence. */
  parallel(shares: readonly Share[], emit: (from: number, to: number) => void): void {
    if (this.threads === 1 || this.#calls) {
      for (const { from, to } of shares) emit(from, to)
      return
    }
    const tasks = shares.map(({ from, to, home }) => {
      const calls: Call[] = []
      this.#calls = calls
      emit(from, to)
      return { calls, home }
    })
    this.#calls = undefined
    this.pieces.push({ tasks, operation: this.#operation })
  }

  /** Shares `total` out in ranges that start at multiples of `unit` and are no shorter than `least`. */
  split(total: number, unit: number, least: number, emit: (from: number, to: number) => void): void {
    this.parallel(divideWork(total, { unit, least: Math.ceil(least / unit) }, this.threads), emit)
  }

  get constants(): readonly Buffer[] {
    return this.#constants.buffers
  }
}

/** Collects the parts of a program: buffers and the kernel calls that work on them. */
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
  /** The thread that takes the task unless another is free first. */
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
  /** Calls of the task under construction. */
  #calls: Call[] | undefined

  /** @param constants The network's constants so far. */
  constructor(threads = 1, constants = new Constants()) {
    this.threads = threads
    this.#constants = constants
  }

  /** Begins the next operation. It only reads the buffers allocated so far. */
  beginOperation(): void {
    this.#operation++
  }

  /** A buffer that holds `data` from the start. Equal data is held once. */
  constant(data: ArrayBufferView): Buffer {
    return this.#constants.hold(data)
  }

  /**
   * A buffer that from the start holds the result of `layOut` for some weights.
   * @param layout Name of the layout, and everything it depends on besides the weights.
   */
  laidOut(weights: ArrayBufferView, layout: readonly (string | number)[], layOut: () => ArrayBufferView): Buffer {
    return this.once(weights, layout, () => this.constant(layOut()))
  }

  /** The result of `make` for some weights, made once for all programs of a network. */
  once<Made>(weights: ArrayBufferView, key: readonly (string | number)[], make: () => Made): Made {
    return this.#constants.once(weights, key.join(), make)
  }

  /** A buffer that lives from the first phase that uses it to the last. */
  allocate(bytes: number): Buffer {
    return { bytes, operation: this.#operation, address: 0 }
  }

  /** A buffer for data that a task leaves to its own later calls. Each thread has a copy. */
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

  /** Adds the calls that `emit` makes for each share. No share may read what another writes. One thread runs them in sequence. */
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

  /** Divides `total` into ranges that start at multiples of `unit` and are no shorter than `least`. */
  split(total: number, unit: number, least: number, emit: (from: number, to: number) => void): void {
    this.parallel(divideWork(total, { unit, least: Math.ceil(least / unit) }, this.threads), emit)
  }

  get constants(): readonly Buffer[] {
    return this.#constants.buffers
  }
}

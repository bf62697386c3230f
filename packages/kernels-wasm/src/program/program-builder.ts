/** Collects what a compiled graph is made of: buffers and the kernel calls that work on them, for one sample. */
import type { KernelName } from '../loading/kernels.ts'

/** A piece of WebAssembly memory; its address is set once all lifetimes are known. */
export interface Buffer {
  readonly bytes: number
  /** What a constant holds. Other buffers share memory with those that live at other times. */
  readonly data?: ArrayBufferView
  /** Where every thread has a copy of its own: bytes from one to the next. */
  readonly threadBytes?: number
  address: number
}

/** An address inside a buffer. */
export interface Place {
  readonly buffer: Buffer
  readonly offset: number
}

export type Argument = number | Buffer | Place

/** One kernel call. Buffers stand for their addresses. */
export interface Step {
  readonly kernel: KernelName
  readonly arguments: readonly Argument[]
  /** Phases run one after the other. */
  readonly phase: number
  /** Tasks of a phase may run at the same time, each on one thread, its steps in order. A step without a task is alone in its phase. */
  readonly task?: number
}

/** The buffer an argument refers to, if it is no plain number. */
export function bufferOf(argument: Argument): Buffer | undefined {
  if (typeof argument === 'number') return undefined
  return 'buffer' in argument ? argument.buffer : argument
}

/** The place `bytes` further on. */
export function offsetBy(argument: Buffer | Place, bytes: number): Place {
  return 'buffer' in argument ? { buffer: argument.buffer, offset: argument.offset + bytes } : { buffer: argument, offset: bytes }
}

/** The number that a kernel is given on a thread. */
export function resolve(argument: Argument, thread: number): number {
  if (typeof argument === 'number') return argument
  const { address, threadBytes = 0 } = bufferOf(argument)!
  return address + threadBytes * thread + ('buffer' in argument ? argument.offset : 0)
}

const CACHE_LINE = 64
/** Many more tasks than threads, so that threads of unequal speed finish at about the same time. */
const TASKS_PER_THREAD = 16

export class ProgramBuilder {
  readonly threads: number
  readonly steps: Step[] = []
  readonly #constants = new Map<ArrayBufferView, Buffer>()
  #phase = -1
  #task: number | undefined

  constructor(threads = 1) {
    this.threads = threads
  }

  /** A buffer that holds `data` from the start. The same data is stored once. */
  constant(data: ArrayBufferView): Buffer {
    let buffer = this.#constants.get(data)
    if (!buffer) {
      buffer = { bytes: data.byteLength, data, address: 0 }
      this.#constants.set(data, buffer)
    }
    return buffer
  }

  /** A buffer that lives from the first phase that mentions it to the last. */
  allocate(bytes: number): Buffer {
    return { bytes, address: 0 }
  }

  /** A buffer for what a task leaves to its own later steps: each thread has its own. */
  scratch(bytes: number): Buffer {
    if (this.threads === 1) return this.allocate(bytes)
    const threadBytes = Math.ceil(bytes / CACHE_LINE) * CACHE_LINE
    return { bytes: threadBytes * this.threads, threadBytes, address: 0 }
  }

  call(kernel: KernelName, ...args: Argument[]): void {
    if (this.#task === undefined) this.#phase++
    this.steps.push({ kernel, arguments: args, phase: this.#phase, task: this.#task })
  }

  /** Adds steps that `emit` makes task by task; no task may read what another writes. On one thread they are a plain sequence. */
  parallel(tasks: number, emit: (task: number) => void): void {
    if (this.threads === 1 || tasks === 1 || this.#task !== undefined) {
      for (let task = 0; task < tasks; task++) emit(task)
      return
    }
    this.#phase++
    for (this.#task = 0; this.#task < tasks; this.#task++) emit(this.#task)
    this.#task = undefined
  }

  /** Shares `total` out among tasks in ranges that start at multiples of `unit` and are no shorter than `least`. */
  split(total: number, unit: number, least: number, emit: (from: number, to: number) => void): void {
    const tasks = this.threads === 1 ? 1 : Math.max(1, Math.min(this.threads * TASKS_PER_THREAD, Math.floor(total / least)))
    const size = Math.ceil(total / tasks / unit) * unit
    this.parallel(Math.ceil(total / size), (task) => emit(task * size, Math.min((task + 1) * size, total)))
  }

  get constants(): readonly Buffer[] {
    return [...this.#constants.values()]
  }
}

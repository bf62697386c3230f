/** Collects what a compiled graph is made of: buffers and the kernel calls that work on them, for one sample. */
import type { KernelName } from '../loading/kernels.ts'

/** A piece of WebAssembly memory; its address is set once all lifetimes are known. */
export interface Buffer {
  readonly bytes: number
  /** What a constant holds. Other buffers share memory with those that live at other times. */
  readonly data?: ArrayBufferView
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
}

/** The buffer an argument refers to, if it is no plain number. */
export function bufferOf(argument: Argument): Buffer | undefined {
  if (typeof argument === 'number') return undefined
  return 'buffer' in argument ? argument.buffer : argument
}

export class ProgramBuilder {
  readonly steps: Step[] = []
  readonly #constants = new Map<ArrayBufferView, Buffer>()

  /** A buffer that holds `data` from the start. The same data is stored once. */
  constant(data: ArrayBufferView): Buffer {
    let buffer = this.#constants.get(data)
    if (!buffer) {
      buffer = { bytes: data.byteLength, data, address: 0 }
      this.#constants.set(data, buffer)
    }
    return buffer
  }

  /** A buffer that lives from the first step that mentions it to the last. */
  allocate(bytes: number): Buffer {
    return { bytes, address: 0 }
  }

  call(kernel: KernelName, ...args: Argument[]): void {
    this.steps.push({ kernel, arguments: args })
  }

  get constants(): readonly Buffer[] {
    return [...this.#constants.values()]
  }
}

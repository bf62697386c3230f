/** Buffers, places in them, and the numbers that kernels are given for both. */

/** A piece of WebAssembly memory; its address is set once all lifetimes are known. */
export interface Buffer {
  readonly bytes: number
  /** What a constant holds. Other buffers share memory with those that live at other times. */
  readonly data?: ArrayBufferView
  /** Where every thread has a copy of its own: bytes from one to the next. */
  readonly threadBytes?: number
  /** What writes to it; all other operations only read it. */
  readonly operation: number
  address: number
}

/** An address inside a buffer. */
export interface Place {
  readonly buffer: Buffer
  readonly offset: number
}

export type Argument = number | Buffer | Place

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

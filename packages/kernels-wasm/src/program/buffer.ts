/** Buffers, places in them, and the kernels' numbers for both. */

/** A piece of WebAssembly memory. Its address is set once all lifetimes are known. */
export interface Buffer {
  readonly bytes: number
  /** Data of a constant. Other buffers share memory with buffers that live at other times. */
  readonly data?: ArrayBufferView
  /** If every thread has a copy of its own, the bytes from one copy to the next. */
  readonly threadBytes?: number
  /** Index of the operation that writes to it. All other operations only read it. */
  readonly operation: number
  address: number
}

/** An address inside a buffer. */
export interface Place {
  readonly buffer: Buffer
  readonly offset: number
}

export type Argument = number | Buffer | Place

/** The buffer that an argument refers to, unless it is a plain number. */
export function bufferOf(argument: Argument): Buffer | undefined {
  if (typeof argument === 'number') return undefined
  return 'buffer' in argument ? argument.buffer : argument
}

/** A place `bytes` further on. */
export function offsetBy(argument: Buffer | Place, bytes: number): Place {
  return 'buffer' in argument ? { buffer: argument.buffer, offset: argument.offset + bytes } : { buffer: argument, offset: bytes }
}

/** The number that a kernel gets for an argument on a thread. */
export function resolve(argument: Argument, thread: number): number {
  if (typeof argument === 'number') return argument
  const { address, threadBytes = 0 } = bufferOf(argument)!
  return address + threadBytes * thread + ('buffer' in argument ? argument.offset : 0)
}

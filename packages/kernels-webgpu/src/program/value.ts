/** Values of a graph in GPU memory: batch first, row-major, 32 bits a number. Bits lie in words of 32 channels, and each row begins one. */
import { elementCount, type ValueType } from '@onebit/core'
import type { Buffer } from './buffer.ts'

export interface Value extends ValueType {
  readonly buffer: Buffer
}

type Shaped = Pick<ValueType, 'shape'>

/** Size of the last axis; a scalar has one. */
export function channelsOf({ shape }: Shaped): number {
  return shape.at(-1) ?? 1
}

/** Number of rows along the last axis. */
export function rowsOf({ shape }: Shaped): number {
  return elementCount(shape.slice(0, -1))
}

/** Words that hold so many bits. */
export function wordsOf(channels: number): number {
  return Math.ceil(channels / 32)
}

/** Words that one sample of a value takes. */
export function valueWords(type: ValueType): number {
  return type.dtype === 'bit' ? rowsOf(type) * wordsOf(channelsOf(type)) : elementCount(type.shape)
}

/** The shape as memory has it: bits as words. */
export function storedShape({ dtype, shape }: ValueType): readonly number[] {
  return dtype === 'bit' ? [...shape.slice(0, -1), wordsOf(channelsOf({ shape }))] : shape
}

/**
 * Values of a graph in GPU memory: batch first, row-major, 32 bits per number. Bits are in words of 32 channels, and each row
 * begins with a new word.
 */
import { elementCount, type ValueType } from '@onebit/core'
import type { Buffer } from './buffer.ts'

export interface Value extends ValueType {
  readonly buffer: Buffer
}

type Shaped = Pick<ValueType, 'shape'>

/** Size of the last axis. 1 for a scalar. */
export function channelsOf({ shape }: Shaped): number {
  return shape.at(-1) ?? 1
}

/** Number of rows along the last axis. */
export function rowsOf({ shape }: Shaped): number {
  return elementCount(shape.slice(0, -1))
}

/** Number of words for this many bits. */
export function wordsOf(channels: number): number {
  return Math.ceil(channels / 32)
}

/** Words of one sample of a value. */
export function valueWords(type: ValueType): number {
  return type.dtype === 'bit' ? rowsOf(type) * wordsOf(channelsOf(type)) : elementCount(type.shape)
}

/** The shape in memory, with words instead of bits. */
export function storedShape({ dtype, shape }: ValueType): readonly number[] {
  return dtype === 'bit' ? [...shape.slice(0, -1), wordsOf(channelsOf({ shape }))] : shape
}

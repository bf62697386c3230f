/** Values of the reference backend: plain arrays, bits unpacked to +-1, batch first. */

import { LimitError } from '../errors.ts'
import { unpackSigns } from '../graph/bits.ts'
import type { DataType, GraphTensor } from '../graph/graph.ts'
import { elementCount } from '../graph/graph.ts'

export type Values = Float32Array | Int32Array | Int8Array

/** A value of a whole batch. Bits are +-1. */
export interface ReferenceValue {
  readonly dtype: DataType
  /** Without the batch. */
  readonly shape: readonly number[]
  /** The first sample's values, row-major, then the next one's. */
  readonly data: Values
}

const ARRAYS = { float32: Float32Array, bit: Int8Array, int32: Int32Array } as const

/** @throws LimitError if the engine cannot make an array of that length. */
export function allocate(dtype: DataType, count: number): Values {
  try {
    return new ARRAYS[dtype](count)
  } catch (error) {
    throw new LimitError(
      {
        limit: 'memory',
        what: `There is no memory for a value of ${count.toLocaleString('en-US')} elements.`,
        received: (error as Error).message,
        fix: 'Run smaller batches, or on a machine with more memory.',
      },
      { cause: error },
    )
  }
}

/** A graph tensor as plain numbers: bits become +-1. */
export function plainTensor(tensor: GraphTensor): Float32Array | Int8Array {
  return tensor.dtype === 'bit' ? unpackSigns(tensor.data, elementCount(tensor.shape)) : tensor.data
}

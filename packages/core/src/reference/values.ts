/** Values of the reference backend: plain arrays, bits unpacked to +-1, batch first. */

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

export function allocate(dtype: DataType, count: number): Values {
  if (dtype === 'float32') return new Float32Array(count)
  return dtype === 'bit' ? new Int8Array(count) : new Int32Array(count)
}

/** A graph tensor as plain numbers: bits become +-1. */
export function plainTensor(tensor: GraphTensor): Float32Array | Int8Array {
  return tensor.dtype === 'bit' ? unpackSigns(tensor.data, elementCount(tensor.shape)) : tensor.data
}

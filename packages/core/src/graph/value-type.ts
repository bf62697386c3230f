/** Type and shape of a value of the graph, and a few functions of shapes. */
import { checkArgument } from '../options/check-options.ts'
import { anything, list } from '../options/value-rules.ts'

/**
 * - `float32`: real values.
 * - `bit`: values in {-1, +1}.
 * - `int32`: binary accumulators, before any scale.
 */
export type DataType = 'float32' | 'bit' | 'int32'

export interface ValueType {
  readonly dtype: DataType
  /** Without the batch. */
  readonly shape: readonly number[]
}

/** @throws OptionError if `shape` is not a list. */
function checkShape(where: string, shape: readonly number[]): void {
  if (!Array.isArray(shape)) checkArgument(where, 'shape', shape, list(anything))
}

export function elementCount(shape: readonly number[]): number {
  checkShape('elementCount()', shape)
  return shape.reduce((count, size) => count * size, 1)
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  checkShape('sameShape()', a)
  checkShape('sameShape()', b)
  return a.length === b.length && a.every((size, axis) => size === b[axis])
}

export function formatShape(shape: readonly number[]): string {
  checkShape('formatShape()', shape)
  return `[${shape.join(', ')}]`
}

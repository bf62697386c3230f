/** What a value of the graph is: its type, its shape, and the few things asked of shapes everywhere. */

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

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1)
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis])
}

export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

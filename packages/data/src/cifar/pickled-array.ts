/**
 * NumPy pickles an array as `_reconstruct(ndarray, (0,), 'b')`, followed by the state `(1, shape, dtype, is_fortran, content)`.
 * The type is `dtype('u1', 0, 1)` with its own state. This file checks these values and combines them. It calls nothing.
 */

/** A NumPy array of unsigned bytes. */
export interface ByteArray {
  shape: number[]
  /** In row-major order. */
  data: Uint8Array<ArrayBuffer>
}

/** One of `NAMES`, or its result. */
export interface Reduced {
  name: string
}

/** The values that a pickle may contain. Strings below 256 bytes are text (Latin-1), and longer ones are bytes. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array<ArrayBuffer>
  | Pickled[]
  | Map<string, Pickled>
  | ByteArray
  | Reduced

/** The names that a pickle may use. */
export const NAMES = ['numpy.core.multiarray._reconstruct', 'numpy.ndarray', 'numpy.dtype']
const [RECONSTRUCT, ARRAY, TYPE] = NAMES
const EMPTY_ARRAY = 'empty array'
const BYTES = 'unsigned bytes'

const nameOf = (value: Pickled): string | undefined =>
  typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined

/** Applies a known name to its arguments. Undefined if they do not describe an array of unsigned bytes. */
export function reduce(callable: Pickled, values: Pickled): Reduced | undefined {
  if (!Array.isArray(values)) return undefined
  if (nameOf(callable) === RECONSTRUCT && nameOf(values[0]) === ARRAY) return { name: EMPTY_ARRAY }
  if (nameOf(callable) === TYPE && values[0] === 'u1') return { name: BYTES }
}

/** The array, or the type itself, whose state says nothing more about bytes. Undefined if the state does not fit. */
export function arrayWithState(target: Pickled, state: Pickled): ByteArray | Reduced | undefined {
  if (!Array.isArray(state)) return undefined
  if (nameOf(target) === BYTES) return target as Reduced
  const [version, shape, type, isFortran, content] = state
  if (nameOf(target) !== EMPTY_ARRAY || version !== 1 || nameOf(type) !== BYTES) return undefined
  if (!isShape(shape) || typeof isFortran !== 'boolean') return undefined
  const data = typeof content === 'string' ? Uint8Array.from(content, (character) => character.charCodeAt(0)) : content
  if (!(data instanceof Uint8Array) || data.length !== shape.reduce((product, size) => product * size, 1)) return undefined
  if (!isFortran || shape.length < 2) return { shape, data }
  return shape.length === 2 ? { shape, data: transposed(data, shape[1], shape[0]) } : undefined
}

function isShape(shape: Pickled): shape is number[] {
  return Array.isArray(shape) && shape.every((size) => typeof size === 'number' && size >= 0)
}

/** The transpose of a row-major matrix. */
function transposed(data: Uint8Array, rows: number, columns: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(data.length)
  for (let row = 0, source = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[source++]
  }
  return result
}

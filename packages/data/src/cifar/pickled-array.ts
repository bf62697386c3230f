/**
 * How NumPy pickles an array: `_reconstruct(ndarray, (0,), 'b')`, then the state `(1, shape, dtype, is_fortran, content)`; the type
 * is `dtype('u1', 0, 1)` with a state of its own. Here these are values that are checked and put together, and nothing is called.
 */

/** A NumPy array of unsigned bytes. */
export interface ByteArray {
  shape: number[]
  /** In row-major order. */
  data: Uint8Array<ArrayBuffer>
}

/** One of `NAMES`, or what it makes. */
export interface Reduced {
  name: string
}

/** What a pickle can hold here. Strings below 256 bytes are text (Latin-1), longer ones are bytes. */
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

/** What a pickle may name. */
export const NAMES = ['numpy.core.multiarray._reconstruct', 'numpy.ndarray', 'numpy.dtype']
const [RECONSTRUCT, ARRAY, TYPE] = NAMES
const EMPTY_ARRAY = 'empty array'
const BYTES = 'unsigned bytes'

const nameOf = (value: Pickled): string | undefined =>
  typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined

/** What a known name makes of its arguments; undefined if they are not those of an array of unsigned bytes. */
export function reduce(callable: Pickled, values: Pickled): Reduced | undefined {
  if (!Array.isArray(values)) return undefined
  if (nameOf(callable) === RECONSTRUCT && nameOf(values[0]) === ARRAY) return { name: EMPTY_ARRAY }
  if (nameOf(callable) === TYPE && values[0] === 'u1') return { name: BYTES }
}

/** The array, or the type itself: a byte's state says nothing more. Undefined if the state does not fit. */
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

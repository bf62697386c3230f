import { LimitError, refuse } from './refuse.mjs'

/** Bounds of the format, for files of any size. */
export const bounds = { headerBytes: 100_000_000, depth: 32, nameUnits: 1024, axes: 8, integer: 2 ** 31 - 1 }

/** Limits of one reader. A caller may raise each of them. */
export const defaultLimits = { fileBytes: 1_073_741_824, nodes: 20_000, memory: 1_073_741_824, work: 100_000_000_000 }

/** Refuses a value above a limit of the caller. */
export function spend(limits, limit, stated) {
  if (stated > limits[limit]) throw new LimitError(limit, stated, limits[limit])
}

/** The number of elements of a shape. A shape without axes has one element. */
export function elements(shape) {
  return shape.reduce((product, size) => product * size, 1)
}

/** Checks a list of positive sizes and returns it. */
export function checkShape(shape, field) {
  if (!Array.isArray(shape) || shape.length > bounds.axes) refuse(field, `must be a list of at most ${bounds.axes} sizes`)
  if (!shape.every((size) => isInteger(size, 1))) refuse(field, 'must hold integers from 1 to 2^31 - 1')
  return shape
}

/** Checks the number of elements of a value or a tensor, and returns its shape. */
export function checkElements(shape, field) {
  if (elements(shape) > bounds.integer) refuse(field, 'has more than 2^31 - 1 elements')
  return shape
}

/** Checks a name and returns it. */
export function checkName(name, field) {
  if (typeof name !== 'string' || name === '' || name === '__proto__')
    refuse(field, 'must be a text, not empty and not __proto__')
  if (name.length > bounds.nameUnits) refuse(field, `is longer than ${bounds.nameUnits} UTF-16 units`)
  return name
}

export function isInteger(value, minimum) {
  return Number.isInteger(value) && value >= minimum && value <= bounds.integer
}

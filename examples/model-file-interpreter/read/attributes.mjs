import { isInteger } from './limits.mjs'
import { refuse } from './refuse.mjs'

// The kinds of attributes. Each has a check for values and a description in words.

export function integer(minimum) {
  return { accepts: (value) => isInteger(value, minimum), words: `an integer from ${minimum} to 2^31 - 1` }
}

export function integers(length, minimum) {
  const accepts = (value) => Array.isArray(value) && value.length === length && value.every((item) => isInteger(item, minimum))
  return { accepts, words: `a list of ${length} integers from ${minimum} to 2^31 - 1` }
}

export function upToEightIntegers(minimum) {
  const accepts = (value) => Array.isArray(value) && value.length <= 8 && value.every((item) => isInteger(item, minimum))
  return { accepts, words: `a list of up to 8 integers from ${minimum} to 2^31 - 1` }
}

export function oneOf(...choices) {
  return { accepts: (value) => choices.includes(value), words: choices.join(' or ') }
}

export const finiteNumber = { accepts: Number.isFinite, words: 'a finite number' }

export const flag = { accepts: (value) => typeof value === 'boolean', words: 'true or false' }

/** Gives an attribute a default. An attribute without a default must be in the file. */
export function withDefault(kind, value) {
  return { ...kind, default: value }
}

/** All attributes of a node, with defaults for missing ones. */
export function readAttributes(kinds, details, field) {
  const read = ([name, kind]) => [name, readAttribute(kind, details.get(name), `${field}.${name}`)]
  return Object.fromEntries(Object.entries(kinds).map(read))
}

function readAttribute(kind, value, field) {
  if (value === undefined) return kind.default ?? refuse(field, 'is missing')
  if (!kind.accepts(value)) refuse(field, `must be ${kind.words}`)
  // An attribute of -0 is 0.
  return value === 0 ? 0 : value
}

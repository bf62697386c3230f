/**
 * Limits of every graph, from a file or from a program. They are part of the format: the writer and every reader enforce them.
 * `model-file/model-limits.ts` has the limits of what a reader spends on a valid graph.
 */
import { GraphError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { HALF_PAIR } from '../text/utf8.ts'
import { elementCount, formatShape } from './value-type.ts'

/** Most elements of one value or tensor: a typed array has no more. */
export const MOST_ELEMENTS = 2 ** 31 - 1
/** Limit of every integer attribute and every size: kernels count in 32 bits. */
export const LARGEST_INTEGER = 2 ** 31 - 1
/** Most axes of a shape without the batch. */
export const MOST_AXES = 8
/** Most UTF-16 units of the name of an input, node, output or tensor. */
export const LONGEST_NAME = 1024

/** The fault of a shape, or undefined for a good one. */
export function shapeFault(shape: unknown): { expected: string } | undefined {
  if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size > 0 && size <= LARGEST_INTEGER)) {
    return { expected: 'a list of positive integers' }
  }
  if (shape.length > MOST_AXES) return { expected: `at most ${MOST_AXES} axes` }
  return undefined
}

/** Text that JSON in UTF-8 can hold as a key. */
function isKey(text: string): boolean {
  return text !== '__proto__' && !HALF_PAIR.test(text)
}

/** @throws GraphError on metadata that no file can hold. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (isKey(key) && !HALF_PAIR.test(value)) continue
    throw new GraphError({
      what: `No file can hold the metadata ${describeValue(key)}.`,
      expected: `text without half a surrogate pair, under a key other than '__proto__'`,
    })
  }
}

/** @throws GraphError on a name that no file can hold. `of` describes the owner of the name. */
export function checkName(name: unknown, of: string): void {
  if (typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME && isKey(name)) return
  const shown = typeof name === 'string' ? `'${name.slice(0, 40)}${name.length > 40 ? '...' : ''}'` : typeof name
  throw new GraphError({
    ...(typeof name === 'string' && { node: name.slice(0, LONGEST_NAME) }),
    what: `${shown} cannot name ${of}.`,
    expected: `a string of 1 to ${LONGEST_NAME} characters, not '__proto__', without half a surrogate pair`,
    ...(typeof name === 'string' && name.length > LONGEST_NAME && { received: `${name.length} characters` }),
    fix: 'Choose another name.',
  })
}

/** @throws GraphError on a value of more elements than a typed array has. */
export function checkElements(name: string, shape: readonly number[]): void {
  if (shape.length <= MOST_AXES && elementCount(shape) <= MOST_ELEMENTS) return
  throw new GraphError({
    node: name,
    what: `The value '${name}' is too large.`,
    expected: `at most ${MOST_AXES} axes and ${MOST_ELEMENTS.toLocaleString('en-US')} elements`,
    received: formatShape(shape),
  })
}

/** The checks every backend makes on the inputs of `run`. */

import { InputError } from '../errors.ts'
import { elementCount, formatShape, type GraphInput } from '../graph/graph.ts'
import { checkArgument, checkOptions } from '../options/check-options.ts'
import { describeValue } from '../options/describe-value.ts'
import { boolean, integer, list, object, text } from '../options/value-rules.ts'
import { tagOf } from '../platform/realms.ts'
import type { RunInput, RunInputs, RunOptions } from './kernel-backend.ts'

/** The index of the first value that is infinite or NaN, or -1. */
function firstNotFinite(values: Float32Array): number {
  // 0 times a finite number is 0, and NaN otherwise. Four sums do not wait for each other and need no branch per value.
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0]
  const whole = values.length - (values.length % 4)
  for (let i = 0; i < whole; i += 4) {
    sum0 += 0 * values[i]
    sum1 += 0 * values[i + 1]
    sum2 += 0 * values[i + 2]
    sum3 += 0 * values[i + 3]
  }
  const start = sum0 + sum1 + sum2 + sum3 === 0 ? whole : 0
  for (let i = start; i < values.length; i++) if (!Number.isFinite(values[i])) return i
  return -1
}

/** `Float32Array of batch x [28, 28, 1]` */
function expectedArray({ shape, dtype }: GraphInput): string {
  return `${dtype === 'bit' ? 'Int8Array of +-1,' : 'Float32Array of'} batch x ${formatShape(shape)}`
}

/** The array, if it is of the input's type. It may come from any realm, such as another window. */
function requireArray(input: GraphInput, values: RunInput | undefined): RunInput {
  if (values !== undefined && tagOf(values) === (input.dtype === 'bit' ? 'Int8Array' : 'Float32Array')) return values
  throw new InputError({
    what: `Input '${input.name}' is ${values === undefined ? 'missing' : 'of the wrong type'}.`,
    expected: `${input.dtype === 'bit' ? 'an' : 'a'} ${expectedArray(input)}`,
    received: values === undefined ? undefined : describeValue(values),
  })
}

/** Arrays may come from another window, where `instanceof` says no. */
function isBits(values: RunInput): values is Int8Array {
  return tagOf(values) === 'Int8Array'
}

/** Throws on values that no kernel can use: bits other than +-1, and under validation numbers that are not finite. */
function checkValues(name: string, values: RunInput, validate: boolean): void {
  if (isBits(values)) {
    const bad = values.findIndex((value) => value !== 1 && value !== -1)
    if (bad < 0) return
    throw new InputError({
      what: `Input '${name}' is not a bit at index ${bad}.`,
      expected: '1 or -1',
      received: `${values[bad]}`,
      fix: 'Give 1 for values of at least 0 and -1 for others.',
    })
  }
  const bad = validate ? firstNotFinite(values) : -1
  if (bad < 0) return
  throw new InputError({
    what: `Input '${name}' is not finite at index ${bad}.`,
    expected: 'finite numbers',
    received: `${values[bad]}`,
    fix: 'Mend the preprocessing, or pass { validate: false } to let it through.',
  })
}

/**
 * The batch size that the inputs agree on.
 * @throws OptionError on an unknown option; InputError if an input is missing or unknown, is not an array of its type (a Float32Array, or
 * an Int8Array for bits), has a length that is no multiple of its shape's, has another batch size than the others, holds bits other than
 * +-1 or, under validation, is not finite.
 */
export function checkInputs(declared: readonly GraphInput[], given: RunInputs, options?: RunOptions): number {
  const { validate = true } = checkOptions('run()', options, { validate: boolean })
  checkArgument('checkInputs()', 'declared', declared, list(object({ name: text, shape: list(integer({ minimum: 1 })) })))
  if (typeof given !== 'object' || given === null || ArrayBuffer.isView(given)) {
    const names = declared.map((input) => `${input.name}: ${expectedArray(input)}`).join(', ')
    throw new InputError({
      what: 'The inputs of run() are not a record.',
      expected: `{ ${names} }`,
      received: describeValue(given),
    })
  }
  const names = new Set(declared.map(({ name }) => name))
  const unknown = Object.keys(given).find((name) => !names.has(name))
  if (unknown !== undefined) {
    throw new InputError({
      what: `The network has no input '${unknown}'.`,
      expected: declared.map(({ name }) => `'${name}'`).join(', '),
    })
  }
  let batch: number | undefined
  for (const input of declared) {
    const { name, shape } = input
    const values = requireArray(input, given[name])
    const size = elementCount(shape)
    if (values.length === 0 || values.length % size !== 0) {
      throw new InputError({
        what: `Input '${name}' has the wrong length.`,
        expected: `a positive multiple of ${size} (${formatShape(shape)})`,
        received: `${values.length}`,
      })
    }
    batch ??= values.length / size
    if (values.length / size !== batch) {
      throw new InputError({
        what: `Input '${name}' has another batch.`,
        expected: `${batch}`,
        received: `${values.length / size}`,
      })
    }
    checkValues(name, values, validate)
  }
  if (batch === undefined) throw new InputError({ what: 'The network has no inputs, so its batch size is unknown.' })
  return batch
}

/** The checks every backend makes on the inputs of `run`. */

import type { RunOptions } from '../contracts/kernel-backend.ts'
import { InputError } from '../errors.ts'
import { elementCount, formatShape, type GraphInput } from '../graph/graph.ts'
import { checkArgument, checkOptions } from '../options/check-options.ts'
import { describeValue } from '../options/describe-value.ts'
import { boolean, integer, list, object, text } from '../options/value-rules.ts'
import { tagOf } from './realms.ts'

/** The index of the first value that is infinite or NaN, or -1. */
function firstNotFinite(values: Float32Array): number {
  // 0 times a finite number is 0, and NaN otherwise. Four sums do not wait for each other, and need no branch a value.
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

/**
 * The batch size that the inputs agree on.
 * @throws OptionError on an unknown option; InputError if an input is missing, unknown, not a Float32Array, of a length that is no multiple of its shape,
 * of another batch than the others, or, under validation, not finite.
 */
export function checkInputs(
  declared: readonly GraphInput[],
  given: Readonly<Record<string, Float32Array>>,
  options?: RunOptions,
): number {
  const { validate = true } = checkOptions('run()', options, { validate: boolean })
  checkArgument('checkInputs()', 'declared', declared, list(object({ name: text, shape: list(integer({ minimum: 1 })) })))
  if (typeof given !== 'object' || given === null || ArrayBuffer.isView(given)) {
    const names = declared.map(({ name, shape }) => `${name}: Float32Array of batch x ${formatShape(shape)}`).join(', ')
    throw new InputError({ what: 'The inputs of run() are no record.', expected: `{ ${names} }`, received: describeValue(given) })
  }
  for (const name of Object.keys(given)) {
    if (!declared.some((input) => input.name === name)) {
      throw new InputError({
        what: `The network has no input '${name}'.`,
        expected: declared.map((input) => `'${input.name}'`).join(', '),
      })
    }
  }
  let batch: number | undefined
  for (const { name, shape } of declared) {
    const values = given[name]
    if (tagOf(values) !== 'Float32Array') {
      throw new InputError({
        what: `Input '${name}' is ${values === undefined ? 'missing' : 'of the wrong type'}.`,
        expected: `a Float32Array of batch x ${formatShape(shape)}`,
        received: values === undefined ? undefined : describeValue(values),
      })
    }
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
    const bad = validate ? firstNotFinite(values) : -1
    if (bad >= 0) {
      throw new InputError({
        what: `Input '${name}' is not finite at index ${bad}.`,
        expected: 'finite numbers',
        received: `${values[bad]}`,
        fix: 'Mend the preprocessing, or pass { validate: false } to let it through.',
      })
    }
  }
  if (batch === undefined) throw new InputError({ what: 'The network has no inputs, so no batch size.' })
  return batch
}

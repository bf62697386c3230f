/** The one way in which public functions look at their options: what is unknown or wrong is refused, never swallowed. */

import { OptionError } from '../errors.ts'
import { describeValue } from './describe-value.ts'
import { nearestNames } from './nearest-names.ts'
import type { Fault, ValueRule, ValueRules } from './value-rules.ts'

/** What is wrong with a value. One that throws when it is looked at, such as a proxy, is wrong for every rule. */
function faultOf(rule: ValueRule, value: unknown): Fault | undefined {
  try {
    return rule(value)
  } catch {
    return { at: '', expected: 'a value that can be read', received: describeValue(value) }
  }
}

const readableRecord: ValueRule = (value) => {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  // Copying looks at every part.
  return isRecord && { ...value } ? undefined : { at: '', expected: '', received: '' }
}

/** @throws OptionError unless options are a record. */
export function checkRecord(where: string, given: unknown): void {
  if (!faultOf(readableRecord, given)) return
  throw new OptionError({
    what: `${where} takes its options as a record.`,
    expected: '{ name: value }',
    received: describeValue(given),
  })
}

/**
 * @param path Of the record inside the options; the options themselves are an empty text.
 * @throws OptionError on a key that is not known, with the nearest that is.
 */
export function checkKeys(where: string, given: object, known: readonly string[], path = ''): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const [nearest] = nearestNames(name, known)
    const option = path ? `${path}.${name}` : name
    throw new OptionError({
      option,
      what: `${where} has no option '${option}'.`,
      expected: known.length > 0 ? known.join(', ') : 'no options',
      fix: nearest && `Did you mean '${nearest}'?`,
    })
  }
}

/** @throws OptionError naming the option, unless its rule accepts the value. */
export function checkOption(where: string, name: string, value: unknown, rule: ValueRule): void {
  const fault = faultOf(rule, value)
  if (!fault) return
  const part = fault.at === '' ? '' : ` at ${fault.at}`
  throw new OptionError({
    what: `${where} refuses its option '${name}'${part}.`,
    expected: fault.expected,
    received: fault.received,
  })
}

/** @throws OptionError naming the argument of `where`, unless its rule accepts the value. */
export function checkArgument(where: string, name: string, value: unknown, rule: ValueRule): void {
  const fault = faultOf(rule, value)
  if (!fault) return
  const part = fault.at === '' ? '' : ` at ${fault.at}`
  throw new OptionError({
    what: `${where} refuses its argument '${name}'${part}.`,
    expected: fault.expected,
    received: fault.received,
  })
}

/**
 * The same for several arguments, in order.
 * @param given Each argument's value and rule, by its name.
 * @throws OptionError naming the first argument of `where` that its rule refuses.
 */
export function checkArguments(where: string, given: Readonly<Record<string, readonly [value: unknown, rule: ValueRule]>>): void {
  for (const [name, [value, rule]] of Object.entries(given)) checkArgument(where, name, value, rule)
}

/**
 * The values of options, for whoever has looked at the names. One that is undefined counts as left out.
 * @param given The options; those without a rule are passed over.
 * @param required Names of those that may not be left out.
 * @throws OptionError naming the first option that its rule refuses.
 */
export function checkOptionValues(where: string, given: object, rules: ValueRules, required: readonly string[] = []): void {
  for (const [name, rule] of Object.entries(rules)) {
    const value = (given as Readonly<Record<string, unknown>>)[name]
    if (value !== undefined) checkOption(where, name, value, rule)
    else if (required.includes(name)) {
      const expected = faultOf(rule, value)?.expected
      throw new OptionError({ option: name, what: `${where} lacks the option '${name}'.`, expected })
    }
  }
}

/**
 * The options that a function was given, known to be of its rules; `{}` where it was given none. An option that is undefined counts
 * as left out; null does not.
 *
 *     export function wasm(given?: WasmOptions): WasmBackend {
 *       const { threads = 1 } = checkOptions('wasm()', given, { threads: integer({ minimum: 1 }) })
 *
 * @param where What messages call the function: `wasm()`.
 * @param rules One for every option there is. @param required Names of those that may not be left out.
 * @throws OptionError on what is no record, on an unknown option with the nearest name, and on a value that its rule refuses.
 */
export function checkOptions<Options extends object | undefined>(
  where: string,
  given: Options,
  rules: ValueRules<Extract<keyof Exclude<Options, undefined>, string>>,
  required: readonly Extract<keyof Exclude<Options, undefined>, string>[] = [],
): Exclude<Options, undefined> {
  if (given !== undefined) checkRecord(where, given)
  const options: Readonly<Record<string, unknown>> = { ...given }
  checkKeys(where, options, Object.keys(rules))
  checkOptionValues(where, options, rules, required)
  return (given ?? {}) as Exclude<Options, undefined>
}

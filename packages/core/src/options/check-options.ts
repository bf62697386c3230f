/** Public functions check their options here only. Unknown names and wrong values are refused, never ignored. */

import { OptionError } from '../errors.ts'
import { describeValue } from './describe-value.ts'
import { nearestNames } from './nearest-names.ts'
import type { Fault, ValueRule, ValueRules } from './value-rules.ts'

/** The fault of a value. A value that throws when it is read, such as a proxy, is wrong for every rule. */
function faultOf(rule: ValueRule, value: unknown): Fault | undefined {
  try {
    return rule(value)
  } catch {
    return { at: '', expected: 'a value that can be read', received: describeValue(value) }
  }
}

/** Built-in objects, such as maps and promises, have none of the parts that they seem to have. */
const readableRecord: ValueRule = (value) => {
  const isRecord = /^\[object (Object|Module)\]$/.test(Object.prototype.toString.call(value))
  // Copying reads every part.
  return isRecord && { ...(value as object) } ? undefined : { at: '', expected: '', received: '' }
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
 * @param path The path of the record inside the options. It is empty for the options themselves.
 * @throws OptionError on an unknown key, with the nearest known one.
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
 * Checks several arguments, in order.
 * @param given Value and rule of each argument, by its name.
 * @throws OptionError naming the first argument of `where` that its rule refuses.
 */
export function checkArguments(where: string, given: Readonly<Record<string, readonly [value: unknown, rule: ValueRule]>>): void {
  for (const [name, [value, rule]] of Object.entries(given)) checkArgument(where, name, value, rule)
}

/**
 * Checks the values of options, for callers that have checked the names. An undefined value counts as left out.
 * @param given The options. Those without a rule are skipped.
 * @param required Names of the options that may not be left out.
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
 * Returns the options given to a function after checking them by its rules, or `{}` if none were given. An undefined option counts as
 * left out, null does not.
 *
 *     export function wasm(given?: WasmOptions): WasmBackend {
 *       const { threads = 1 } = checkOptions('wasm()', given, { threads: integer({ minimum: 1 }) })
 *
 * @param where The function's name in messages: `wasm()`.
 * @param rules One rule for each option. @param required Names of the options that may not be left out.
 * @throws OptionError if `given` is not a record, on an unknown option (with the nearest name), and on a value that its rule refuses.
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

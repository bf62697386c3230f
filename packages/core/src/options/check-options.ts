/** The one way in which public functions look at their options: what is unknown or wrong is refused, never swallowed. */

import { OptionError } from '../errors.ts'
import { describeValue } from './describe-value.ts'
import { nearestNames } from './nearest-names.ts'
import type { ValueRule, ValueRules } from './value-rules.ts'

/** @throws OptionError unless options are a record. */
export function checkRecord(where: string, given: unknown): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return
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
  const fault = rule(value)
  if (!fault) return
  const part = fault.at === '' ? '' : ` at ${fault.at}`
  throw new OptionError({
    what: value === undefined ? `${where} lacks the option '${name}'.` : `${where} refuses its option '${name}'${part}.`,
    expected: fault.expected,
    received: value === undefined ? undefined : fault.received,
  })
}

/** @throws OptionError naming the argument of `where`, unless its rule accepts the value. */
export function checkArgument(where: string, name: string, value: unknown, rule: ValueRule): void {
  const fault = rule(value)
  if (!fault) return
  const part = fault.at === '' ? '' : ` at ${fault.at}`
  throw new OptionError({
    what: `${where} refuses its argument '${name}'${part}.`,
    expected: fault.expected,
    received: fault.received,
  })
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
  for (const [name, rule] of Object.entries<ValueRule>(rules)) {
    if (options[name] !== undefined || (required as readonly string[]).includes(name))
      checkOption(where, name, options[name], rule)
  }
  return (given ?? {}) as Exclude<Options, undefined>
}

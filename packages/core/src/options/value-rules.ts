/**
 * Rules for values from callers and files. A rule returns the fault of a value and its position in it. `checkOptions` and readers of
 * JSON make errors of faults. Nothing here uses `instanceof`, because values of another realm (an iframe, a test runner's sandbox) are
 * valid too.
 */
import { describeValue } from './describe-value.ts'

export interface Fault {
  /** Path of the fault in the value: `''` is the value itself, `epochs[2].loss` a part of it. */
  readonly at: string
  readonly expected: string
  readonly received: string
}

/** Returns the fault of a value, or undefined for a good value. */
export type ValueRule = (value: unknown) => Fault | undefined

export type ValueRules<Keys extends string = string> = Readonly<Record<Keys, ValueRule>>

/** Makes a new rule. @param expected The accepted values in the words of a message: `an even number`. */
export function rule(expected: string, accepts: (value: unknown) => boolean): ValueRule {
  return (value) => (accepts(value) ? undefined : { at: '', expected, received: describeValue(value) })
}

interface Bounds {
  readonly minimum?: number
  readonly maximum?: number
}

function bounds(noun: string, { minimum, maximum }: Bounds): string {
  if (minimum !== undefined && maximum !== undefined) return `${noun} from ${minimum} to ${maximum}`
  if (minimum !== undefined) return `${noun} of at least ${minimum}`
  return maximum === undefined ? noun : `${noun} of at most ${maximum}`
}

function isWithin(value: unknown, { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: Bounds): boolean {
  return typeof value === 'number' && value >= minimum && value <= maximum
}

const isPromise = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object Promise]'

/** A promise is what a forgotten `await` leaves: none of its parts is there. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isPromise(value)
}

/** The fault of a part, with its path from the whole. */
function within(fault: Fault | undefined, key: string | number): Fault | undefined {
  if (!fault) return undefined
  const step = typeof key === 'number' ? `[${key}]` : key
  return { ...fault, at: `${step}${fault.at === '' || fault.at.startsWith('[') ? '' : '.'}${fault.at}` }
}

function firstFault<Entry>(entries: Iterable<Entry>, faultOf: (entry: Entry) => Fault | undefined): Fault | undefined {
  for (const entry of entries) {
    const fault = faultOf(entry)
    if (fault) return fault
  }
  return undefined
}

export const anything: ValueRule = () => undefined
export const boolean: ValueRule = rule('true or false', (value) => typeof value === 'boolean')
export const text: ValueRule = rule('a string', (value) => typeof value === 'string')
export const callback: ValueRule = rule('a function', (value) => typeof value === 'function')
/** A tensor of any copy of TensorFlow.js. */
export const tensor: ValueRule = rule(
  'a tensor',
  (value) =>
    isObject(value) && Array.isArray(value.shape) && typeof value.dtype === 'string' && typeof value.dataSync === 'function',
)
/** The output of a TensorFlow.js layer in a model under construction. */
export const symbolicTensor: ValueRule = rule(
  'a symbolic tensor, the output of a layer',
  (value) => isObject(value) && Array.isArray(value.shape) && 'sourceLayer' in value,
)
/** A name for a layer that TensorFlow.js accepts. Tensors get this name too. */
export const layerName: ValueRule = rule(
  'letters, digits and - . _ /, a letter or digit first',
  (value) => typeof value === 'string' && /^[A-Za-z0-9][-A-Za-z0-9._/]*$/.test(value),
)
/** A signal of any realm and any library: it has a state `aborted` and takes listeners. */
export const signal: ValueRule = rule(
  'an AbortSignal',
  (value) => isObject(value) && typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function',
)
export const address: ValueRule = rule(
  'a URL',
  (value) => isObject(value) && Object.prototype.toString.call(value) === '[object URL]',
)

function isJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJson)
  if (typeof value !== 'object' || value === null)
    return ['string', 'boolean'].includes(typeof value) || value === null || Number.isFinite(value)
  // JSON leaves out undefined values.
  return (
    Object.prototype.toString.call(value) === '[object Object]' &&
    Object.values(value).every((part) => part === undefined || isJson(part))
  )
}

/** A value that JSON can hold: no NaN, no functions, no circular references. */
export const json: ValueRule = rule('a value that JSON can hold', (value) => {
  try {
    return isJson(value)
  } catch {
    // The value is nested without end.
    return false
  }
})

/** A number, but not NaN. Infinities are accepted only if the bounds name them. */
export function number(range: Bounds = {}): ValueRule {
  const infinite = range.maximum === Number.POSITIVE_INFINITY
  return rule(bounds('a number', range), (value) => isWithin(value, range) && (infinite || Number.isFinite(value)))
}

export function integer(range: Bounds = {}): ValueRule {
  return rule(bounds('an integer', range), (value) => Number.isInteger(value) && isWithin(value, range))
}

export function oneOf(values: readonly unknown[]): ValueRule {
  const expected = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value))).join(' or ')
  return rule(expected, (value) => values.includes(value))
}

/** A value that one of the rules accepts. */
export function either(...rules: readonly ValueRule[]): ValueRule {
  return (value) => {
    const faults = rules.map((check) => check(value))
    if (faults.some((fault) => fault === undefined)) return undefined
    return {
      ...faults[0]!,
      at: '',
      expected: faults.map((fault) => fault!.expected).join(' or '),
      received: describeValue(value),
    }
  }
}

/** Accepts the rule's values and undefined. */
export function optional(of: ValueRule): ValueRule {
  return (value) => (value === undefined ? undefined : of(value))
}

/** A list or typed array of numbers, of any realm. The values themselves are not checked. */
export const numbers: ValueRule = rule('a list or a typed array of numbers', (value) => {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === 'number')
  return ArrayBuffer.isView(value) && 'length' in value
})

interface Lengths {
  readonly minimum?: number
  /** The exact length. */
  readonly length?: number
}

export function list(of: ValueRule, { length, minimum = length ?? 0 }: Lengths = {}): ValueRule {
  const expected = length !== undefined ? `a list of ${length}` : minimum > 0 ? `a list of at least ${minimum}` : 'a list'
  return (value) => {
    if (!Array.isArray(value) || value.length < minimum || (length !== undefined && value.length !== length)) {
      return { at: '', expected, received: describeValue(value) }
    }
    return firstFault(value.entries(), ([index, entry]) => within(of(entry), index))
  }
}

/** An object with values that all satisfy the rule. */
export function record(of: ValueRule): ValueRule {
  return (value) => {
    if (!isObject(value)) return { at: '', expected: 'a record', received: describeValue(value) }
    return firstFault(Object.entries(value), ([key, entry]) => within(of(entry), key))
  }
}

/** An object with these keys. `optional` ones may be missing or undefined. Keys without a rule are skipped. */
export function object(required: ValueRules, optional: ValueRules = {}): ValueRule {
  return (value) => {
    if (!isObject(value)) return { at: '', expected: 'a record', received: describeValue(value) }
    return (
      firstFault(Object.entries(required), ([key, check]) => within(check(value[key]), key)) ??
      firstFault(Object.entries(optional), ([key, check]) =>
        value[key] === undefined ? undefined : within(check(value[key]), key),
      )
    )
  }
}

/**
 * Checks options of layers and of `freeze`. An error about an unknown name suggests the nearest one; an error about a value says
 * which values are valid.
 */
import { checkKeys, describeValue, OptionError, type Pair, rules, type ValueRule } from '@onebit/core'

/** The names that other libraries give to options of these layers. */
const CALLED_ELSEWHERE: Readonly<Record<string, string>> = {
  padValues: 'paddingValue',
  depthwiseQuantizer: 'kernelQuantizer',
  depthwiseInitializer: 'kernelInitializer',
  depthwiseRegularizer: 'kernelRegularizer',
  depthwiseConstraint: 'kernelConstraint',
  dilation: 'dilationRate',
  bias: 'useBias',
}

/** @throws OptionError on a name that is not `known`. `title` names the owner of the options, such as `Layer 'conv1'`. */
export function checkOptionNames(title: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name)) ?? ''
  const ours = CALLED_ELSEWHERE[unknown]
  if (known.includes(ours)) {
    throw new OptionError({
      option: unknown,
      what: `${title} has no option '${unknown}'.`,
      expected: known.join(', '),
      fix: `Did you mean '${ours}'?`,
    })
  }
  checkKeys(title, options, known)
}

/** @throws OptionError naming the option. */
function refuseOption(title: string, option: string, expected: string, received: unknown): never {
  throw new OptionError({ what: `${title} refuses its option '${option}'.`, expected, received: describeValue(received) })
}

/** The value, if its rule accepts it. Undefined is a wrong value too, because defaults are filled in before. */
function accepted<Value>(title: string, option: string, value: unknown, rule: ValueRule): Value {
  const fault = rule(value)
  return fault ? refuseOption(title, option, fault.expected, value) : (value as Value)
}

/**
 * Upper bound of every count in layers: filters, units, rows, columns. A kernel for a layer of this size would not fit into
 * memory.
 */
const MOST = 2 ** 24

const aboveZero = rules.integer({ minimum: 1, maximum: MOST })
const isPositiveInteger = (value: unknown): value is number => aboveZero(value) === undefined

/** @throws OptionError unless `value` is an integer from 1 to 2^24. */
export function positiveInteger(title: string, option: string, value: unknown): number {
  return accepted(title, option, value, aboveZero)
}

/**
 * One integer for both axes, or `[height, width]`.
 * @throws OptionError unless both are from 1 to 2^24.
 */
export function positivePair(title: string, option: string, value: unknown): Pair {
  if (isPositiveInteger(value)) return [value, value]
  const isPair = Array.isArray(value) && value.length === 2 && value.every(isPositiveInteger)
  return isPair ? (value as unknown as Pair) : refuseOption(title, option, `an integer from 1 to ${MOST}, or two of them`, value)
}

/** @throws OptionError unless `value` is a finite number of at least `minimum`. */
export function finiteNumber(title: string, option: string, value: unknown, minimum = Number.NEGATIVE_INFINITY): number {
  if (Number.isFinite(value) && (value as number) >= minimum) return value as number
  const bound = minimum === Number.NEGATIVE_INFINITY ? '' : ` of at least ${minimum}`
  return refuseOption(title, option, `a finite number${bound}`, value)
}

/** @throws OptionError unless `value` is one of `values`. */
export function oneOf<const Value extends string>(
  title: string,
  option: string,
  value: unknown,
  values: readonly Value[],
): Value {
  return accepted(title, option, value, rules.oneOf(values))
}

/** @throws OptionError unless `value` is true or false. */
export function trueOrFalse(title: string, option: string, value: unknown): boolean {
  return accepted(title, option, value, rules.boolean)
}

/** @throws OptionError unless a layer is called with a list of `count` inputs. Without `count`, it needs at least two inputs. */
export function checkInputCount(title: string, inputShape: readonly unknown[], count?: number): void {
  const received = Array.isArray(inputShape[0]) ? inputShape.length : 1
  if (count === undefined ? received >= 2 : received === count) return
  throw new OptionError({
    what: `${title} joins several inputs.`,
    expected: count === undefined ? 'a list of at least 2 inputs' : `a list of ${count} inputs`,
    received: `${received}`,
  })
}

/** @throws OptionError unless all inputs of a layer that joins them have one shape. Call it after `checkInputCount`. */
export function checkOneShape(title: string, inputShapes: readonly (readonly unknown[])[]): void {
  const [first, ...others] = inputShapes.map((shape) => `[${shape.map((size) => size ?? 'open').join(', ')}]`)
  const different = others.find((shape) => shape !== first)
  if (different === undefined) return
  throw new OptionError({ what: `${title} joins inputs of different shapes.`, expected: `all of ${first}`, received: different })
}

/** Maximum number of values in a kernel: 1 GiB of float32. */
const MOST_WEIGHTS = 2 ** 28

/** @throws OptionError on a kernel that does not fit into memory, before it is allocated. */
export function checkKernelSize(title: string, shape: readonly number[]): void {
  if (shape.reduce((product, size) => product * size, 1) <= MOST_WEIGHTS) return
  throw new OptionError({
    what: `${title} has too large a kernel.`,
    expected: `at most ${MOST_WEIGHTS} weights`,
    received: `[${shape.join(', ')}]`,
  })
}

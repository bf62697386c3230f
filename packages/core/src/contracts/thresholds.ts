/**
 * The frozen form of a quantizer. An activation becomes bits by comparison with sorted thresholds, and the bits stand for two
 * levels. Plain sign has one threshold at 0 and the levels -1 and +1. A shifted sign moves the threshold, a flipped one starts at +1.
 * An MLP with piecewise-linear units has several thresholds.
 */
import { InvalidPluginError } from '../errors.ts'
import { anything, list, number, object } from '../options/value-rules.ts'

export { float32AtOrdinal, float32Ordinal, nextDown, nextUp } from './float32-order.ts'

export interface FrozenQuantizer {
  /** Per channel (or one list for all), ascending. The sign flips at every threshold `t` with `x >= t`. */
  readonly thresholds: readonly (readonly number[])[]
  /** Per channel (or one for all), the sign below the first threshold. */
  readonly first: readonly (1 | -1)[]
  /** The value of the bit -1, per channel or one for all. Default -1. */
  readonly low?: readonly number[]
  /** The value of the bit +1, per channel or one for all. Default +1. */
  readonly high?: readonly number[]
  /** Two-level quantizers of the same value to add to this one. They make ternary and k-bit quantizers. */
  readonly plus?: readonly FrozenQuantizer[]
}

/** Plain sign: +1 from 0 on. */
export const thresholdAtZero: FrozenQuantizer = Object.freeze({ thresholds: [[0]], first: [-1] }) as FrozenQuantizer

const numbersRule = list(number({ minimum: Number.NEGATIVE_INFINITY, maximum: Number.POSITIVE_INFINITY }))
/** `checkFrozen` names NaN in its message, so this rule accepts anything in the lists of thresholds. */
const frozenRule = object(
  { thresholds: list(list(anything), { minimum: 1 }), first: list(anything, { minimum: 1 }) },
  {
    low: numbersRule,
    high: numbersRule,
    plus: list(anything),
  },
)

/** @throws InvalidPluginError if `frozen` lacks the lists of a frozen quantizer. */
function checkLists(quantizer: string, frozen: FrozenQuantizer): void {
  const fault = frozenRule(frozen)
  if (!fault) return
  const what = `The quantizer '${quantizer}' froze badly${fault.at && `: its ${fault.at} does not belong in a frozen quantizer`}.`
  throw new InvalidPluginError({ what, expected: fault.expected, received: fault.received })
}

/** The sign that a frozen quantizer gives to `x` in `channel`. */
export function frozenSign({ thresholds, first }: FrozenQuantizer, x: number, channel: number): 1 | -1 {
  const list = thresholds[thresholds.length === 1 ? 0 : channel]
  const passed = list.reduce((count, threshold) => (x >= threshold ? count + 1 : count), 0)
  const start = first[first.length === 1 ? 0 : channel]
  return passed % 2 === 0 ? start : start === 1 ? -1 : 1
}

/** The value that a frozen quantizer gives to `x` in `channel`. */
export function frozenValue(frozen: FrozenQuantizer, x: number, channel: number): number {
  const levels = frozenSign(frozen, x, channel) === 1 ? (frozen.high ?? [1]) : (frozen.low ?? [-1])
  const value = levels[levels.length === 1 ? 0 : channel]
  return (frozen.plus ?? []).reduce((sum, part) => sum + frozenValue(part, x, channel), value)
}

/**
 * Throws unless every list has one entry or `channels`, thresholds are sorted numbers and signs are +-1.
 * @throws InvalidPluginError naming the quantizer.
 */
export function checkFrozen(quantizer: string, frozen: FrozenQuantizer, channels: number): void {
  const refuse = (what: string, expected: string, received: string): never => {
    throw new InvalidPluginError({ what: `The quantizer '${quantizer}' froze badly: ${what}`, expected, received })
  }
  checkLists(quantizer, frozen)
  const { thresholds, first, low = [-1], high = [1] } = frozen
  for (const [role, list] of Object.entries({ thresholds, first, low, high })) {
    if (list.length !== 1 && list.length !== channels) {
      refuse(`its ${role} fit no channel count.`, `1 or ${channels} entries`, `${list.length}`)
    }
  }
  for (const list of thresholds) {
    if (list.some((t, index) => Number.isNaN(t) || (index > 0 && t < list[index - 1]))) {
      refuse('a list of thresholds is not sorted.', 'ascending numbers', `[${list.join(', ')}]`)
    }
  }
  if (first.some((sign) => sign !== 1 && sign !== -1))
    refuse('a first sign is neither +1 nor -1.', '+1 or -1', `${first.join(', ')}`)
  for (const level of [...low, ...high])
    if (!Number.isFinite(level)) refuse('a level is not a finite number.', 'finite levels', `${level}`)
  for (const part of frozen.plus ?? []) checkFrozen(quantizer, part, channels)
}

import { describeValue, OptionError } from '@onebit/core'

/** Throws `OptionError` unless the value is an integer in the range. */
export function requireInteger(name: string, value: number, minimum: number, maximum = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return
  const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
  throw new OptionError({ what: `The ${name} cannot be used.`, expected: `an integer ${range}`, received: describeValue(value) })
}

/** Throws `OptionError` unless there are a lower and an upper bound in this order, both in the range. */
export function requireRange(name: string, bounds: readonly [number, number], minimum: number, maximum: number): void {
  const [lower, upper] = bounds
  if (bounds.length === 2 && lower >= minimum && lower <= upper && upper <= maximum) return
  throw new OptionError({
    what: `The ${name} cannot be used.`,
    expected: `[lower, upper] with ${minimum} <= lower <= upper${maximum === Number.MAX_VALUE ? '' : ` <= ${maximum}`}`,
    received: describeValue(bounds),
  })
}

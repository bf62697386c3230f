/** Arbitraries that several property tests share. */
import fc from 'fast-check'

/** A pair such as height and width, or before and after. */
export const pairOf = (minimum: number, maximum: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: minimum, max: maximum }), fc.integer({ min: minimum, max: maximum }))

/** Dilations, mostly 1. */
export const DILATIONS: fc.Arbitrary<[number, number]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<[number, number]>([1, 1]) },
  { weight: 1, arbitrary: pairOf(1, 3) },
)

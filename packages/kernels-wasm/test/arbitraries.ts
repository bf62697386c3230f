/** What the property tests draw alike. */
import fc from 'fast-check'

/** Height and width, or before and after. */
export const pairOf = (minimum: number, maximum: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: minimum, max: maximum }), fc.integer({ min: minimum, max: maximum }))

/** Mostly 1. */
export const DILATIONS: fc.Arbitrary<[number, number]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<[number, number]>([1, 1]) },
  { weight: 1, arbitrary: pairOf(1, 3) },
)

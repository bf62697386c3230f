/**
 * Constants of the elementary functions, each in four lanes. They lie in every memory, right after the tables of tables.ts. An engine
 * builds a vector constant with several instructions at each use, but a load is one instruction. The values are those of
 * packages/core/src/reference/elementary-functions.ts, except `ROUNDER`, which is 1.5 * 2^23 + 126.
 */

/** Address of the constants. src/program/memory.ts knows it and the number of constants. */
@inline const CONSTANTS: usize = 4688

@inline export const LEAST_EXPONENT = 0
@inline export const LARGEST_EXPONENT = 1
@inline export const LOG2_E = 2
@inline export const ROUNDER = 3
@inline export const LN_2 = 4
@inline export const LN_2_REST = 5
/** The five coefficients after TWO. */
@inline export const SLOPE = 6
/** Four coefficients. */
@inline export const LOGARITHM = 11
@inline export const ONE = 15
@inline export const TWO = 16
@inline export const THREE = 17
@inline export const SIX = 18
@inline export const HALF = 19
@inline export const FIFTH = 20
@inline export const SIXTH = 21
/** Only the sign bit. */
@inline export const SIGN = 22

/** One of the constants above in every lane. */
@inline
export function constant(index: i32): v128 {
  return v128.load(CONSTANTS + (index << 4))
}

function write(index: i32, value: f32): void {
  v128.store(CONSTANTS + (index << 4), f32x4.splat(value))
}

/** Writes the constants, once per memory. */
export function writeConstants(): void {
  write(LEAST_EXPONENT, -87)
  write(LARGEST_EXPONENT, 89)
  write(LOG2_E, 1.4426950216293335)
  write(ROUNDER, 12583038)
  write(LN_2, 0.693145751953125)
  write(LN_2_REST, 0.000001428606765330187)
  write(SLOPE, 0.9999998807907104)
  write(SLOPE + 1, 0.3333304226398468)
  write(SLOPE + 2, 0.08333665132522583)
  write(SLOPE + 3, 0.016737377271056175)
  write(SLOPE + 4, 0.002762880641967058)
  write(LOGARITHM, 0.666664183139801)
  write(LOGARITHM + 1, 0.40021470189094543)
  write(LOGARITHM + 2, 0.28002122044563293)
  write(LOGARITHM + 3, 0.2801262438297272)
  write(ONE, 1)
  write(TWO, 2)
  write(THREE, 3)
  write(SIX, 6)
  write(HALF, 0.5)
  write(FIFTH, 0.20000000298023224)
  write(SIXTH, 0.1666666716337204)
  write(SIGN, -0)
}

import { rules, type ValueRule } from '@onebit/core'

/**
 * The conversion from pixels to floats: `(pixel / 255 - mean) / standardDeviation`, with mean and standard deviation of pixels
 * scaled to 0..1.
 */
export interface Normalization {
  mean: number
  /** Greater than 0. */
  standardDeviation: number
}

/** A separate mean and standard deviation for each channel. */
export interface ChannelNormalization {
  mean: readonly number[]
  /** Each greater than 0. */
  standardDeviation: readonly number[]
}

/** The form of both kinds. `normalizationTable` of `@onebit/image` checks the numbers. */
export const normalizationRule: ValueRule = rules.object({
  mean: rules.either(rules.number(), rules.list(rules.number())),
  standardDeviation: rules.either(rules.number(), rules.list(rules.number())),
})

import { rules, type ValueRule } from '@onebit/core'

/** How pixels become floats: `(pixel / 255 - mean) / standardDeviation`, with mean and deviation of pixels scaled to 0..1. */
export interface Normalization {
  mean: number
  /** Greater than 0. */
  standardDeviation: number
}

/** The same for each channel on its own: one mean and one deviation a channel. */
export interface ChannelNormalization {
  mean: readonly number[]
  /** Each greater than 0. */
  standardDeviation: readonly number[]
}

/** The form of either; `normalizationTable` of `@onebit/image` checks the numbers. */
export const normalizationRule: ValueRule = rules.object({
  mean: rules.either(rules.number(), rules.list(rules.number())),
  standardDeviation: rules.either(rules.number(), rules.list(rules.number())),
})

/** Rounds real weights to integers for integer convolutions. Each output has a scale, so each uses its full range. */
import type { RealWeights } from './real-weights.ts'

/** Ranges of integers in an integer convolution. */
export interface IntegerFormat {
  /** The highest level of an input value. The lowest is 0. */
  readonly highestLevel: number
  /** The largest magnitude of a weight. */
  readonly largestWeight: number
}

/** 13 bits of the input and up to 16 of the weights. With 147 products, sums leave room for about 12 bits of the weights. */
export const INT16: IntegerFormat = { highestLevel: 8191, largestWeight: 32767 }
/** Dot products of 8-bit lanes take 7 bits of the input without a sign and 8 bits of the weights. */
export const INT8: IntegerFormat = { highestLevel: 127, largestWeight: 127 }

const LARGEST_SUM = 2 ** 31 - 1
/** Keeps scales in the range of float32. */
const LEAST_SCALE = 1e-37

export interface IntegerWeights {
  /** `[taps, channels, outputs]` */
  readonly values: Int16Array
  /** The real value of an integer step, for each output's weights. */
  readonly scales: Float32Array
  readonly depth: number
  readonly outputs: number
}

/** Sums of at most this many products stay exact with some bits left for the weights. */
export const MOST_PRODUCTS = 16384

/**
 * Rounds weights to the nearest integers. An output's sum of magnitudes times the highest level stays below 2^31, so no sum overflows.
 * @param weights At most 16,384 finite weights per output.
 */
export function quantizeWeights(
  { values, taps, channels, outputs }: RealWeights,
  { highestLevel, largestWeight }: IntegerFormat,
): IntegerWeights {
  const depth = taps * channels
  // Rounding adds at most one half per weight. Rounding the scale to float32 adds less than 2.
  const room = Math.floor(LARGEST_SUM / highestLevel) - depth / 2 - 2
  const scales = new Float32Array(outputs)
  const integers = new Int16Array(values.length)
  for (let output = 0; output < outputs; output++) {
    let largest = 0
    let sum = 0
    for (let i = output; i < values.length; i += outputs) {
      const magnitude = Math.abs(values[i])
      largest = Math.max(largest, magnitude)
      sum += magnitude
    }
    scales[output] = Math.max(largest / largestWeight, sum / room, LEAST_SCALE)
    // The scale may have been rounded down to float32.
    const clamp = (value: number): number => Math.max(-largestWeight, Math.min(largestWeight, value))
    for (let i = output; i < values.length; i += outputs) integers[i] = clamp(Math.round(values[i] / scales[output]))
  }
  return { values: integers, scales, depth, outputs }
}

/** Sums of each output's weights. Float32 holds them exactly, as they stay below 2^24. */
export function weightSums({ values, outputs }: IntegerWeights): Float32Array {
  const sums = new Float32Array(outputs)
  for (let i = 0; i < values.length; i++) sums[i % outputs] += values[i]
  return sums
}

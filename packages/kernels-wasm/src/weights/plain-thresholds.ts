/** Thresholds in the usual case, for which there are kernels of their own: one threshold a channel, whole vectors of channels. */
import { integerThreshold } from '@onebit/core/compile'

export function isPlain(steps: number, channels: number): boolean {
  return steps === 1 && channels % 16 === 0
}

/**
 * The thresholds of one step as int16 limits for sums of at most 32,767 products: `x >= t` says `x > limit`. A limit of 32,767 is
 * never passed and one of -32,768 always.
 */
export function layOutLimits(thresholds: Float32Array, channels: number): Int16Array {
  return Int16Array.from({ length: channels }, (_, channel) => {
    const limit = integerThreshold(thresholds[thresholds.length === 1 ? 0 : channel]) - 1
    return Math.min(Math.max(limit, -32768), 32767)
  })
}

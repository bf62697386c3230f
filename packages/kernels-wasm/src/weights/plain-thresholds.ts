/** Thresholds in the usual case, which has its own kernels: one threshold per channel, whole vectors of channels. */
import { integerThreshold } from '@onebit/core/compile'

export function isPlain(steps: number, channels: number): boolean {
  return steps === 1 && channels % 16 === 0
}

/**
 * The thresholds of one step as int16 limits for sums of at most 32,767 products: `x >= t` means `x > limit`. No sum is above a limit of
 * 32,767, and every sum is above one of -32,768.
 */
export function layOutLimits(thresholds: Float32Array, channels: number): Int16Array {
  return Int16Array.from({ length: channels }, (_, channel) => {
    const limit = integerThreshold(thresholds[thresholds.length === 1 ? 0 : channel]) - 1
    return Math.min(Math.max(limit, -32768), 32767)
  })
}

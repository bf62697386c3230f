/** Thresholds in the threshold kernels' layout: `steps` rows of the channels rounded up to 8. */

const NEVER = 2147483647

/** Whether the kernels for the usual case fit: one threshold a channel, whole vectors of channels. */
export function isPlain(steps: number, channels: number): boolean {
  return steps === 1 && channels % 16 === 0
}

/**
 * The thresholds `t` of a float comparison `x >= t` as bounds for an integer `x`: `x >= ceil(t)`. NaN and what lies above
 * every accumulator become the largest integer, which no accumulator reaches.
 */
export function integerThreshold(threshold: number): number {
  if (Number.isNaN(threshold)) return NEVER
  return Math.min(Math.max(Math.ceil(threshold), -NEVER), NEVER)
}

/** @param thresholds `[channels or 1, steps]` */
export function layOutThresholds(
  thresholds: Float32Array,
  steps: number,
  channels: number,
  integers: boolean,
): Float32Array | Int32Array {
  const padded = Math.ceil(channels / 8) * 8
  const table = integers ? new Int32Array(steps * padded) : new Float32Array(steps * padded)
  const shared = thresholds.length === steps
  for (let channel = 0; channel < channels; channel++) {
    for (let step = 0; step < steps; step++) {
      const value = thresholds[(shared ? 0 : channel * steps) + step]
      table[step * padded + channel] = integers ? integerThreshold(value) : value
    }
  }
  return table
}

/** One bit row of `first` signs, repeated where there is one for all channels. */
export function layOutFirst(first: Uint8Array, entries: number, channels: number): Uint8Array {
  if (entries === channels) return first
  const row = new Uint8Array(Math.ceil(channels / 8))
  if (first[0] & 1) for (let channel = 0; channel < channels; channel++) row[channel >> 3] |= 1 << (channel & 7)
  return row
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

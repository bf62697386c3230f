/** Thresholds in the layout of the kernels: a row of all channels for each step. */

const NEVER = 2147483647

/**
 * Turns the threshold `t` of a float comparison `x >= t` into a bound for an integer `x`: `x >= ceil(t)`. NaN and thresholds above
 * every accumulator become the largest integer, which no accumulator reaches.
 */
export function integerThreshold(threshold: number): number {
  if (Number.isNaN(threshold)) return NEVER
  return Math.min(Math.max(Math.ceil(threshold), -NEVER), NEVER)
}

/** Layout of a table of `layOutThresholds`. */
export interface ThresholdLayout {
  /** Thresholds of a channel. */
  readonly steps: number
  readonly channels: number
  /** True if the thresholds are for accumulators. */
  readonly integers: boolean
  /** Channels that a kernel takes at a time. Rows are filled up to a multiple. Default 1. */
  readonly lanes?: number
}

/**
 * `[steps][channels]`, filled up with zeros.
 * @param thresholds `[channels or 1, steps]`
 */
export function layOutThresholds(
  thresholds: Float32Array,
  { steps, channels, integers, lanes = 1 }: ThresholdLayout,
): Float32Array | Int32Array {
  const padded = Math.ceil(channels / lanes) * lanes
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

/** One bit row of `first` signs. A single sign for all channels is repeated. */
export function layOutFirst(first: Uint8Array, entries: number, channels: number): Uint8Array {
  if (entries === channels) return first
  const row = new Uint8Array(Math.ceil(channels / 8))
  if (first[0] & 1) for (let channel = 0; channel < channels; channel++) row[channel >> 3] |= 1 << (channel & 7)
  return row
}

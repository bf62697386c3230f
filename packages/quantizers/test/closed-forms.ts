/** The stated gradients as plain arithmetic, written from the papers' formulas and independent of the code under test. */
import type { ClosedFormContext } from '@onebit/testkit'

export type Batch = Omit<ClosedFormContext, 'channel'>

export const ste = (z: number, clip = 1): number => (Math.abs(z) <= clip ? 1 : 0)
export const approx = (z: number): number => (Math.abs(z) <= 1 ? 2 - 2 * Math.abs(z) : 0)
export const signOf = (z: number): number => (z >= 0 ? 1 : -1)
export const bell = (z: number): number => 1 - Math.tanh(z) ** 2
export const geometric = (progress: number, start: number, end: number): number => start * (end / start) ** progress
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The values of one channel. */
export function column(values: ArrayLike<number>, channel: number, channels: number): number[] {
  return Array.from({ length: values.length / channels }, (_, row) => values[row * channels + channel])
}

/** Gradients computed separately for each channel, from its upstream gradients and its values. */
export function perChannel(formula: (upstream: number[], values: number[], context: Batch) => number[]) {
  return (upstream: Float32Array, context: Batch): Float32Array => {
    const { values, channels } = context
    const result = new Float32Array(values.length)
    for (let channel = 0; channel < channels; channel++) {
      const gradients = formula(column(upstream, channel, channels), column(values, channel, channels), context)
      gradients.forEach((gradient, row) => {
        result[row * channels + channel] = gradient
      })
    }
    return result
  }
}

/** Sums of `upstream * factor` over the scope of a variable: each channel, or everything for a single entry. */
export function sums(
  entries: number,
  upstream: Float32Array,
  { values, channels }: Batch,
  factor: (x: number, entry: number) => number,
): Float64Array {
  const result = new Float64Array(entries)
  upstream.forEach((dy, index) => {
    const entry = entries === 1 ? 0 : index % channels
    result[entry] += dy * factor(values[index], entry)
  })
  return result
}

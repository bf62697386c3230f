/** Histograms of values. */

export interface Histogram {
  readonly from: number
  readonly to: number
  /** Number of values in each bin. All bins are equally wide. */
  readonly counts: readonly number[]
}

const BINS = 24

/** The histogram is symmetric around 0, like latent weights: its two halves freeze to the two signs. */
export function histogram(values: Float32Array): Histogram {
  let reach = 0
  for (const value of values) reach = Math.max(reach, Math.abs(value))
  if (reach === 0) reach = 1
  const counts = new Array<number>(BINS).fill(0)
  for (const value of values) counts[Math.min(BINS - 1, Math.floor(((value + reach) / (2 * reach)) * BINS))]++
  return { from: -reach, to: reach, counts }
}

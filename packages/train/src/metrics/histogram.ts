/** How values spread. */

export interface Histogram {
  readonly from: number
  readonly to: number
  /** Values in each of the equally wide bins. */
  readonly counts: readonly number[]
}

const BINS = 24

/** Symmetric around 0, as latent weights are: their two sides become the two signs. */
export function histogram(values: Float32Array): Histogram {
  let reach = 0
  for (const value of values) reach = Math.max(reach, Math.abs(value))
  if (reach === 0) reach = 1
  const counts = new Array<number>(BINS).fill(0)
  for (const value of values) counts[Math.min(BINS - 1, Math.floor(((value + reach) / (2 * reach)) * BINS))]++
  return { from: -reach, to: reach, counts }
}

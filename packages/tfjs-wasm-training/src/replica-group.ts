/**
 * Exchanges numbers between replicas of a network. Each computes a part of a batch, on its own thread or machine, and batch
 * normalization must use the moments of the whole batch.
 */

/** A group of replicas. Each calls `gather` equally often, in the same order and with arrays of the same length. */
export interface ReplicaGroup {
  /** The values of all replicas, in the same order for all of them. Returns once all have called. */
  gather(values: Float64Array): readonly Float64Array[]
}

/**
 * Turns the moments of this replica's rows into those of all rows, in place.
 *
 * T. F. Chan, G. H. Golub, R. J. LeVeque: Updating formulae and a pairwise algorithm for computing sample variances, 1979.
 */
export function mergeMoments(group: ReplicaGroup, rows: number, mean: Float32Array, variance: Float32Array): void {
  const channels = mean.length
  const all = group.gather(Float64Array.of(rows, ...mean, ...variance))
  for (let channel = 0; channel < channels; channel++) {
    let count = 0
    let center = 0
    let squares = 0
    for (const part of all) {
      const partCount = part[0]
      const distance = part[1 + channel] - center
      const total = count + partCount
      center += (distance * partCount) / total
      squares += part[1 + channels + channel] * partCount + (distance * distance * count * partCount) / total
      count = total
    }
    mean[channel] = center
    variance[channel] = squares / count
  }
}

/** Adds up the terms of all replicas, in place. Returns the sum of their rows. */
export function addUp(group: ReplicaGroup, rows: number, terms: Float32Array): number {
  const all = group.gather(Float64Array.of(rows, ...terms))
  for (let index = 0; index < terms.length; index++) terms[index] = all.reduce((sum, part) => sum + part[1 + index], 0)
  return all.reduce((sum, part) => sum + part[0], 0)
}

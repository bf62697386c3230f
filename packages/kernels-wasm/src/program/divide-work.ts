/** Cuts work into stretches for threads. */

/** A stretch of work. Its home thread takes it unless another thread is free first. */
export interface Share {
  readonly from: number
  readonly to: number
  readonly home: number
}

/** Sizes of shares, in multiples of `unit`. */
export interface ShareSizes {
  readonly unit: number
  readonly most?: number
  readonly least?: number
}

/** A share is this part of the thread's remaining work, so that some is left for threads that finish first. */
const LATER = 4

/**
 * Each thread gets one part of about the same size. So it mostly reads in one phase what it wrote in the phase before, without a transfer
 * between caches. Shares become smaller towards the end of a part.
 */
export function divideWork(
  total: number,
  { unit, most = Number.POSITIVE_INFINITY, least = 1 }: ShareSizes,
  threads: number,
): Share[] {
  const units = Math.ceil(total / unit)
  const parts = Math.max(1, Math.min(threads, Math.floor(units / least)))
  const shares: Share[] = []
  for (let home = 0; home < parts; home++) {
    const end = Math.ceil((units * (home + 1)) / parts)
    for (let done = Math.ceil((units * home) / parts); done < end; ) {
      const left = end - done
      const wanted = threads === 1 || left < 2 * least ? left : Math.max(least, Math.ceil(left / LATER))
      const size = Math.min(wanted, most)
      shares.push({ from: done * unit, to: Math.min((done + size) * unit, total), home })
      done += size
    }
  }
  return shares
}

/** Length of the longest share. */
export function longestShare(shares: readonly Share[]): number {
  return shares.reduce((longest, { from, to }) => Math.max(longest, to - from), 0)
}

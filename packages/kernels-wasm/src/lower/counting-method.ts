/** The common interface of the ways to count differing bits: by tables, by popcount, by channels. */
import type { Buffer, Place } from '../program/buffer.ts'
import { VECTOR } from '../weights/table-weights.ts'

/** Pixels to count in one go, and the place of their counts. */
export interface CountedPixels {
  readonly from: number
  readonly to: number
  /** Counts of the first pixel. There is room behind those of the last, see `roomFor`. */
  readonly counts: Place
  readonly bases: Place
  /** Distance from each pixel to the next in counts and bases, in pixels. */
  readonly step: number
}

export interface Counter {
  /** A constant with the base of all pixels, if all share an even one. */
  readonly base?: Buffer
  /** Adds the steps that count the bits of a group's outputs. */
  count(group: number, pixels: CountedPixels): void
}

/** A way of counting for one layer. */
export interface CountingMethod {
  /** The name in explanations. */
  readonly name: string
  /** True if the trial at start-up, or an option instead of it, decides between this way and others. */
  readonly isChosen: boolean
  /** Number of groups, which are counted one after the other. */
  readonly groups: number
  /** Most pairs of pixels to count in one go. */
  readonly pairs: number
  /** Bytes of scratch memory for counting `pixels` pixels. */
  scratchBytes(pixels: number): number
  /** Lays out the constants. `scratch` is for up to `pixels` pixels at a time. */
  prepare(scratch: Buffer, pixels: number): Counter
}

/** Counting `pixels` pixels may write to this many: it rounds up to pairs, and ordered tiles write behind them. */
export function roomFor(pixels: number): number {
  return 2 * Math.ceil(pixels / 2) + 1
}

/** Bytes of the counts of one pixel, uint16. */
export function countBytesOf(outputs: number): number {
  return Math.ceil(outputs / VECTOR) * VECTOR * 2
}

/** What the ways of counting differing bits have in common: by tables, by popcount, by channels. */
import type { Buffer, Place } from '../program/buffer.ts'
import { VECTOR } from '../weights/table-weights.ts'

/** Pixels to count in one go, and where their counts go. */
export interface CountedPixels {
  readonly from: number
  readonly to: number
  /** Of the first pixel. Behind the last there is room, see `roomFor`. */
  readonly counts: Place
  readonly bases: Place
  /** Pixels from each to the next, as counts and bases lie. */
  readonly step: number
}

export interface Counter {
  /** The base of every pixel, a constant, where all have the same, an even one. */
  readonly base?: Buffer
  /** Adds the steps that count the bits of a group's outputs. */
  count(group: number, pixels: CountedPixels): void
}

/** A way of counting for one layer. */
export interface CountingMethod {
  /** For explanations. */
  readonly name: string
  /** Whether the trial at start-up, or an option in its place, decides between this and others. */
  readonly isChosen: boolean
  /** Groups that are counted one after the other. */
  readonly groups: number
  /** Most pairs of pixels to count in one go. */
  readonly pairs: number
  /** Bytes that counting so many pixels needs for itself. */
  scratchBytes(pixels: number): number
  /** Lays out the constants; `scratch` is for up to `pixels` pixels at a time. */
  prepare(scratch: Buffer, pixels: number): Counter
}

/** Pixels that counting so many may write to: an odd number is counted as if there were one more, and ordered tiles write behind it. */
export function roomFor(pixels: number): number {
  return 2 * Math.ceil(pixels / 2) + 1
}

/** Bytes of the counts of one pixel, uint16. */
export function countBytesOf(outputs: number): number {
  return Math.ceil(outputs / VECTOR) * VECTOR * 2
}

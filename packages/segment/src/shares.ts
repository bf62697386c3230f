/** The share of a picture that each class covers. */
import type { Segmentation, SegmentationFacts } from './segmentation-facts.ts'

export interface ClassShare {
  readonly label: string
  readonly index: number
  readonly pixels: number
  /** Share of the mask's pixels, 0 to 1. */
  readonly share: number
}

/** The classes in the mask, the largest first. */
export function sharesOf({ mask }: Segmentation, { classes }: SegmentationFacts): ClassShare[] {
  const counts = new Uint32Array(256)
  for (const index of mask.data) counts[index]++
  return classes
    .map((label, index) => ({ label, index, pixels: counts[index], share: counts[index] / mask.data.length }))
    .filter(({ pixels }) => pixels > 0)
    .sort((a, b) => b.pixels - a.pixels || a.index - b.index)
}

/** A picture with the best classes below it. */
import type { PictureData } from '@onebit/core'
import { enlarged, withLegend } from '@onebit/image'
import { type ClassScores, ranked } from './class-scores.ts'
import type { ClassificationFacts } from './classification-facts.ts'

/** Classes that are written. */
const TOP = 3

export function drawClasses(picture: PictureData, { scores }: ClassScores, { classes }: ClassificationFacts): PictureData {
  const rows = ranked(scores, TOP).map(({ index, score }) => ({
    text: `${(100 * score).toFixed(1).padStart(5)} % ${classes[index]}`,
  }))
  return withLegend(enlarged(picture), rows)
}

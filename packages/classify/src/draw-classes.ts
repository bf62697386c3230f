/** A picture with the best classes below it. */
import { checkArguments, type PictureData } from '@onebit/core'
import { enlarged, withLegend } from '@onebit/image'
import { type ClassScores, predictionRule, ranked } from './class-scores.ts'
import { type ClassificationFacts, factsRule } from './classification-facts.ts'

/** Number of classes below the picture. */
const TOP = 3

export function drawClasses(picture: PictureData, prediction: ClassScores, facts: ClassificationFacts): PictureData {
  checkArguments('draw()', { prediction: [prediction, predictionRule], facts: [facts, factsRule] })
  const { scores } = prediction
  const { classes } = facts
  const rows = ranked(scores, TOP).map(({ index, score }) => ({
    text: `${(100 * score).toFixed(1).padStart(5)} % ${classes[index]}`,
  }))
  return withLegend(enlarged(picture), rows)
}

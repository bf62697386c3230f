/** The prediction for one picture: a number for every class. */
import { checkArguments, rules, type ValueRule } from '@onebit/core'

export interface ClassScores {
  /** Scores in the order of the classes; probabilities if the network ends in a softmax. */
  readonly scores: ArrayLike<number>
}

export const predictionRule: ValueRule = rules.object({ scores: rules.numbers })

/** A class with its number. */
export interface RankedClass {
  readonly index: number
  readonly score: number
}

/**
 * The index of the largest score. Of several equal ones, it is the first.
 * @throws OptionError on a range that is not inside the scores.
 */
export function argMax(scores: ArrayLike<number>, begin = 0, end: number = scores?.length): number {
  checkArguments('argMax()', { scores: [scores, rules.numbers] })
  const place = rules.integer({ minimum: 0, maximum: scores.length })
  checkArguments('argMax()', { begin: [begin, place], end: [end, place] })
  let best = begin
  for (let i = begin + 1; i < end; i++) if (scores[i] > scores[best]) best = i
  return best - begin
}

/** The best classes. Of several equal ones, the first comes first. */
export function ranked(scores: ArrayLike<number>, top: number): RankedClass[] {
  return Array.from(scores, (score, index) => ({ index, score: Number(score) }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, top)
}

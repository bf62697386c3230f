/**
 * Average precision and recall of ranked predictions, as COCO defines them for boxes, masks and keypoints alike. A task brings the
 * similarity of predictions and truths (IoU, OKS); matching, ranking and interpolation are the same for all.
 *
 *   matching     In order of falling score, each prediction takes the free truth most similar to it, if the similarity reaches the
 *                threshold. Truths that count come before ignored ones. Any number of predictions may take a crowd.
 *   ranking      over all pictures by falling score. Equal scores keep the order of pictures.
 *   precision    made non-increasing from the right, then read at 101 recalls from 0 to 1
 *
 * Lin et al.: Microsoft COCO: common objects in context (ECCV 2014), arXiv 1405.0312; the protocol is that of the COCO API.
 */

import { OptionError } from '../errors.ts'
import { checkArgument, checkOptions } from '../options/check-options.ts'
import { describeValue } from '../options/describe-value.ts'
import { boolean, integer, list, number, object, type ValueRules } from '../options/value-rules.ts'

/** An object that a picture really shows, such as a person or a box. */
export interface Truth {
  /** True for a truth that counts neither as found nor as missed: a crowd, or a size that this measure leaves out. */
  readonly ignored: boolean
  /** Several predictions may match it. */
  readonly crowd: boolean
}

/** One picture's predictions against its truths. */
export interface RankedPicture {
  /** By prediction. */
  readonly scores: readonly number[]
  /** By prediction, then by truth; 1 is the same. */
  readonly similarities: readonly (readonly number[])[]
  readonly truths: readonly Truth[]
  /** By prediction: true if it does not count when it matches nothing, because this measure leaves out its size. */
  readonly outside: readonly boolean[]
}

export interface AveragePrecisionOptions {
  /** Least similarities for a match. @default 0.5, 0.55, ... 0.95 */
  readonly thresholds?: readonly number[]
  /** Most predictions of a picture that count, those with the highest scores. @default 100 */
  readonly most?: number
}

/** COCO's ten thresholds. */
export const COCO_THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, index) => 0.5 + 0.05 * index)

const RECALLS: readonly number[] = Array.from({ length: 101 }, (_, index) => (index === 100 ? 1 : index * 0.01))
/** The spacing of float64 numbers at 1. The protocol adds it to denominators. */
const SPACING = 2 ** -52

/** The result of one prediction at one threshold. */
type Fate = 'found' | 'wrong' | 'ignored'

interface Ranked {
  readonly score: number
  /** By threshold. */
  readonly fates: readonly Fate[]
}

/** The order of `values` by falling value. Equal values keep their order. */
function falling(values: readonly number[]): number[] {
  return values.map((_, index) => index).sort((a, b) => values[b] - values[a])
}

/** Truths that count come first, because the protocol matches them first. */
function countedFirst(truths: readonly Truth[]): number[] {
  const order = truths.map((_, index) => index)
  return [...order.filter((index) => !truths[index].ignored), ...order.filter((index) => truths[index].ignored)]
}

/** The truth that each prediction takes at a threshold, in the order of `predictions`. Undefined if it takes none. */
function match(
  { similarities, truths }: RankedPicture,
  predictions: readonly number[],
  threshold: number,
): (number | undefined)[] {
  const order = countedFirst(truths)
  const taken = new Set<number>()
  return predictions.map((prediction) => {
    let best: number | undefined
    let least = Math.min(threshold, 1 - 1e-10)
    for (const truth of order) {
      if (taken.has(truth) && !truths[truth].crowd) continue
      // The best so far is a truth that counts. An ignored one cannot be better.
      if (best !== undefined && !truths[best].ignored && truths[truth].ignored) break
      if (similarities[prediction][truth] < least) continue
      least = similarities[prediction][truth]
      best = truth
    }
    if (best !== undefined) taken.add(best)
    return best
  })
}

const OPTIONS: ValueRules<keyof AveragePrecisionOptions> = {
  thresholds: list(number({ minimum: 0, maximum: 1 }), { minimum: 1 }),
  most: integer({ minimum: 1 }),
}
const pictureRule = object({
  scores: list(number()),
  similarities: list(list(number())),
  truths: list(object({ ignored: boolean, crowd: boolean })),
  outside: list(boolean),
})

export class AveragePrecision {
  readonly #thresholds: readonly number[]
  readonly #most: number
  readonly #ranked: Ranked[] = []
  #truths = 0

  /** @throws OptionError on an option that is unknown or refused. */
  constructor(options: AveragePrecisionOptions = {}) {
    const { thresholds = COCO_THRESHOLDS, most = 100 } = checkOptions('AveragePrecision', options, OPTIONS)
    this.#thresholds = thresholds
    this.#most = most
  }

  /**
   * Adds one picture. Pictures without truths count too: their predictions are wrong.
   * @throws OptionError unless every prediction has a score and a similarity to each truth.
   */
  add(picture: RankedPicture): void {
    checkArgument('add()', 'picture', picture, pictureRule)
    const { scores, truths, outside } = picture
    const each = { length: scores.length }
    checkArgument('add()', 'similarities', picture.similarities, list(list(number(), { length: truths.length }), each))
    checkArgument('add()', 'outside', outside, list(boolean, each))
    const predictions = falling(scores).slice(0, this.#most)
    const matches = this.#thresholds.map((threshold) => match(picture, predictions, threshold))
    for (const [place, prediction] of predictions.entries()) {
      const fates = matches.map((of): Fate => {
        const truth = of[place]
        if (truth === undefined) return outside[prediction] ? 'ignored' : 'wrong'
        return truths[truth].ignored ? 'ignored' : 'found'
      })
      this.#ranked.push({ score: scores[prediction], fates })
    }
    this.#truths += truths.filter(({ ignored }) => !ignored).length
  }

  /**
   * Mean precision over recalls, and over thresholds or at one of them, 0 to 1. NaN if there is no truth to find.
   * @param threshold One of the thresholds.
   */
  precision(threshold?: number): number {
    return this.#mean(threshold, (index) => {
      const { precisions, recalls } = this.#curve(index)
      for (let place = precisions.length - 1; place > 0; place--) {
        precisions[place - 1] = Math.max(precisions[place - 1], precisions[place])
      }
      let place = 0
      const sum = RECALLS.reduce((total, recall) => {
        while (place < recalls.length && recalls[place] < recall) place++
        return total + (precisions[place] ?? 0)
      }, 0)
      return sum / RECALLS.length
    })
  }

  /** Share of the truths found, over thresholds or at one of them, 0 to 1. NaN if there is no truth to find. */
  recall(threshold?: number): number {
    return this.#mean(threshold, (index) => this.#curve(index).recalls.at(-1) ?? 0)
  }

  /** Precision and recall after each prediction that counts or is wrong. */
  #curve(threshold: number): { precisions: number[]; recalls: number[] } {
    const precisions: number[] = []
    const recalls: number[] = []
    let found = 0
    let wrong = 0
    for (const index of falling(this.#ranked.map(({ score }) => score))) {
      const fate = this.#ranked[index].fates[threshold]
      if (fate === 'found') found++
      if (fate === 'wrong') wrong++
      precisions.push(found / (found + wrong + SPACING))
      recalls.push(found / this.#truths)
    }
    return { precisions, recalls }
  }

  #mean(threshold: number | undefined, value: (index: number) => number): number {
    if (this.#truths === 0) return Number.NaN
    const indices = threshold === undefined ? this.#thresholds.map((_, index) => index) : [this.#indexOf(threshold)]
    return indices.reduce((sum, index) => sum + value(index), 0) / indices.length
  }

  #indexOf(threshold: number): number {
    const index = typeof threshold === 'number' ? this.#thresholds.findIndex((known) => Math.abs(known - threshold) < 1e-9) : -1
    if (index < 0)
      throw new OptionError({
        what: 'This measure has no such threshold.',
        expected: this.#thresholds.join(', '),
        received: describeValue(threshold),
      })
    return index
  }
}

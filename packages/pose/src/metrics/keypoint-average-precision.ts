/** COCO's ten numbers for keypoints: average precision and recall by object keypoint similarity. */
import { checkArguments, checkOptions, rules } from '@onebit/core'
import { AveragePrecision } from '@onebit/core/metrics'
import { coordinates } from './keypoint-rules.ts'
import { COCO_SIGMAS, keypointSimilarity, type LabeledPerson, personRule, sigmasRule } from './oks.ts'

export interface ScoredPerson {
  /** `x, y` of every joint, in pixels. */
  readonly keypoints: ArrayLike<number>
  readonly score: number
}

/** Areas in square pixels; keypoints have no range for small people. */
const RANGES = { all: [0, 1e10], medium: [32 ** 2, 96 ** 2], large: [96 ** 2, 1e10] } as const

/** The largest number of predictions per picture, by COCO's protocol. */
const MOST_PEOPLE = 20

export interface KeypointAveragePrecisionOptions {
  /** Standard deviation of each joint. @default those of COCO's 17 joints */
  readonly sigmas?: readonly number[]
}

/** The area of the box around all joints, in place of a prediction's own area. */
function areaOf(keypoints: ArrayLike<number>): number {
  const side = (offset: number): number => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let index = offset; index < keypoints.length; index += 2) {
      low = Math.min(low, keypoints[index])
      high = Math.max(high, keypoints[index])
    }
    return high - low
  }
  return side(0) * side(1)
}

export class KeypointAveragePrecision {
  readonly #sigmas: readonly number[]
  readonly #ranges = Object.entries(RANGES).map(([name, [low, high]]) => {
    const outside = (area: number): boolean => area < low || area > high
    return { name: name as keyof typeof RANGES, outside, measure: new AveragePrecision({ most: MOST_PEOPLE }) }
  })

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: KeypointAveragePrecisionOptions = {}) {
    const { sigmas = COCO_SIGMAS } = checkOptions('KeypointAveragePrecision', options, { sigmas: sigmasRule })
    this.#sigmas = sigmas
  }

  /** Adds one picture: all predicted and all labeled people in it. */
  add(predicted: readonly ScoredPerson[], people: readonly LabeledPerson[]): void {
    const scored = rules.object({ keypoints: coordinates(2 * this.#sigmas.length), score: rules.number() })
    checkArguments('add()', {
      predicted: [predicted, rules.list(scored)],
      people: [people, rules.list(personRule(this.#sigmas.length))],
    })
    const similarities = predicted.map(({ keypoints }) =>
      people.map((person) => keypointSimilarity(keypoints, person, this.#sigmas)),
    )
    const areas = predicted.map(({ keypoints }) => areaOf(keypoints))
    const unlabeled = ({ keypoints }: LabeledPerson): boolean => !this.#sigmas.some((_, joint) => keypoints[3 * joint + 2] > 0)
    for (const { outside, measure } of this.#ranges) {
      measure.add({
        scores: predicted.map(({ score }) => score),
        similarities,
        truths: people.map((person) => ({
          ignored: person.crowd || unlabeled(person) || outside(person.area),
          crowd: person.crowd,
        })),
        outside: areas.map(outside),
      })
    }
  }

  /** `AP`, `AP50`, `AP75`, `APM`, `APL`, `AR`, `AR50`, `AR75`, `ARM`, `ARL`, 0 to 1; NaN if there are no people of that size. */
  values(): Readonly<Record<'AP' | 'AP50' | 'AP75' | 'APM' | 'APL' | 'AR' | 'AR50' | 'AR75' | 'ARM' | 'ARL', number>> {
    const [all, medium, large] = this.#ranges.map(({ measure }) => measure)
    return {
      AP: all.precision(),
      AP50: all.precision(0.5),
      AP75: all.precision(0.75),
      APM: medium.precision(),
      APL: large.precision(),
      AR: all.recall(),
      AR50: all.recall(0.5),
      AR75: all.recall(0.75),
      ARM: medium.recall(),
      ARL: large.recall(),
    }
  }
}

/**
 * Object keypoint similarity: how close predicted keypoints are to those of a person, relative to the person's size and to the
 * precision of people's labels for each joint.
 *
 *   OKS = mean over labeled joints of exp(-d^2 / (2 area (2 sigma)^2))      d in pixels, area in square pixels
 *
 * If a person has no labeled joints, only the distance to a larger box counts. It extends the person's box by its own width and
 * height on each side. A prediction inside it is neither right nor wrong.
 *
 * Lin et al., arXiv 1405.0312; https://cocodataset.org/#keypoints-eval
 */

import { checkArguments, rules, type ValueRule } from '@onebit/core'
import { coordinates } from './keypoint-rules.ts'

/** COCO's seventeen deviations, in the order of its joints: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles. */
export const COCO_SIGMAS: readonly number[] = [
  0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089,
]

export interface LabeledPerson {
  /** `x, y, visibility` of every joint; visibility 0 is not labeled, 1 hidden, 2 visible. */
  readonly keypoints: readonly number[]
  /** Area of the person's mask, in square pixels. */
  readonly area: number
  /** `[left, top, width, height]` */
  readonly box: readonly [number, number, number, number]
  /** True if one annotation is for several people. */
  readonly crowd: boolean
}

export const sigmasRule: ValueRule = rules.list(rules.number({ minimum: Number.MIN_VALUE }), { minimum: 1 })

export const personRule = (joints: number): ValueRule =>
  rules.object({
    keypoints: coordinates(3 * joints),
    area: rules.number({ minimum: 0 }),
    box: rules.list(rules.number(), { length: 4 }),
    crowd: rules.boolean,
  })

/** The similarity of predicted `x, y` of every joint, 0 to 1. */
export function keypointSimilarity(predicted: ArrayLike<number>, person: LabeledPerson, sigmas = COCO_SIGMAS): number {
  checkArguments('keypointSimilarity()', { sigmas: [sigmas, sigmasRule] })
  checkArguments('keypointSimilarity()', {
    predicted: [predicted, coordinates(2 * sigmas.length)],
    person: [person, personRule(sigmas.length)],
  })
  const { keypoints, area, box } = person
  const [left, top, width, height] = box
  const labeled = sigmas.map((_, joint) => keypoints[3 * joint + 2] > 0)
  const any = labeled.some(Boolean)
  // The box, extended by its own width and height on each side.
  const beyond = (value: number, low: number, high: number): number => Math.max(0, low - value) + Math.max(0, value - high)
  let sum = 0
  let count = 0
  for (const [joint, sigma] of sigmas.entries()) {
    if (any && !labeled[joint]) continue
    const [x, y] = [predicted[2 * joint], predicted[2 * joint + 1]]
    const dx = any ? x - keypoints[3 * joint] : beyond(x, left - width, left + 2 * width)
    const dy = any ? y - keypoints[3 * joint + 1] : beyond(y, top - height, top + 2 * height)
    sum += Math.exp(-(dx * dx + dy * dy) / (2 * sigma) ** 2 / (area + 2 ** -52) / 2)
    count++
  }
  return sum / count
}

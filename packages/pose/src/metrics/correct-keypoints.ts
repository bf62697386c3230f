/**
 * Percentage of correct keypoints. A joint is right if its prediction lies within a share of a reference length.
 *
 *   PCKh    the reference is the head's size; MPII's head size is 0.6 times the diagonal of the head's box
 *   PCK     the reference is the larger side of the person's box
 *
 * The mean is over all labeled joints of all people, not over the means of the joints. It leaves out excluded joints, such as
 * pelvis and thorax in MPII's evaluation.
 *
 * Andriluka et al.: 2D human pose estimation: new benchmark and state of the art analysis (CVPR 2014); the released evaluation of
 * arXiv 1703.00862 treats joints with a coordinate of at most 1 as not labeled. Readers of MPII's files have to do this.
 */

import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import { coordinates } from './keypoint-rules.ts'

export interface CorrectKeypointsOptions {
  /** Number of joints. */
  readonly joints: number
  /** Share of the reference length, above 0. @default 0.5 */
  readonly threshold?: number
  /** Joints that the mean leaves out, by index. @default none */
  readonly excluded?: readonly number[]
}

const OPTIONS: ValueRules<keyof CorrectKeypointsOptions> = {
  joints: rules.integer({ minimum: 1, maximum: 65_536 }),
  threshold: rules.number({ minimum: Number.MIN_VALUE }),
  excluded: rules.list(rules.integer({ minimum: 0 })),
}

export class CorrectKeypoints {
  readonly #threshold: number
  readonly #excluded: ReadonlySet<number>
  readonly #right: number[]
  readonly #labeled: number[]

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: CorrectKeypointsOptions) {
    const { joints, threshold = 0.5, excluded = [] } = checkOptions('CorrectKeypoints', options, OPTIONS, ['joints'])
    this.#threshold = threshold
    this.#excluded = new Set(excluded)
    this.#right = new Array<number>(joints).fill(0)
    this.#labeled = new Array<number>(joints).fill(0)
  }

  /**
   * Adds one person.
   * @param predicted `x, y` of every joint, in pixels.
   * @param keypoints `x, y, visibility` of every joint; visibility 0 is not labeled.
   * @param reference Length in pixels, above 0.
   * @throws OptionError unless there are as many numbers as the joints need.
   */
  add(predicted: ArrayLike<number>, keypoints: ArrayLike<number>, reference: number): void {
    checkArguments('add()', {
      predicted: [predicted, coordinates(2 * this.#labeled.length)],
      keypoints: [keypoints, coordinates(3 * this.#labeled.length)],
      reference: [reference, rules.number({ minimum: Number.MIN_VALUE })],
    })
    for (let joint = 0; joint < this.#labeled.length; joint++) {
      if (keypoints[3 * joint + 2] === 0) continue
      const distance = Math.hypot(
        predicted[2 * joint] - keypoints[3 * joint],
        predicted[2 * joint + 1] - keypoints[3 * joint + 1],
      )
      this.#labeled[joint]++
      if (distance <= this.#threshold * reference) this.#right[joint]++
    }
  }

  /** The share for each joint, 0 to 1; NaN if nobody has the joint. */
  byJoint(): number[] {
    return this.#right.map((right, joint) => right / this.#labeled[joint])
  }

  /** The share over all joints that count, 0 to 1; 0 without people. */
  mean(): number {
    const sum = (counts: readonly number[]): number =>
      counts.reduce((total, count, joint) => total + (this.#excluded.has(joint) ? 0 : count), 0)
    const labeled = sum(this.#labeled)
    return labeled === 0 ? 0 : sum(this.#right) / labeled
  }
}

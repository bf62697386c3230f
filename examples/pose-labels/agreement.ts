/** How far a network's joints lie from the labels of a set, for the joints that both know by name. */
import { PEOPLE_FACTS, type PhotographedPerson } from '@onebit/data'
import { CorrectKeypoints, type Pose, type PoseFacts } from '@onebit/pose/deployment'

/** Share of the torso or of the box within which joints agree. */
const THRESHOLD = 0.2

const COCO = PEOPLE_FACTS.coco.joints

/** Length of the torso: from the left shoulder to the right hip. Undefined if one of them is not labeled. */
function torsoOf(keypoints: readonly number[]): number | undefined {
  const [[x, y, first], [otherX, otherY, second]] = ['left shoulder', 'right hip'].map((name) => {
    const joint = COCO.indexOf(name)
    return keypoints.slice(3 * joint, 3 * joint + 3)
  })
  const length = Math.hypot(x - otherX, y - otherY)
  return first > 0 && second > 0 && length > 0 ? length : undefined
}

/** Sum of the distances of places `x, y` to labeled joints `x, y, visibility`. */
function distance(places: readonly number[], labeled: readonly number[]): number {
  let sum = 0
  for (let joint = 0; 3 * joint < labeled.length; joint++) {
    const [x, y, visibility] = labeled.slice(3 * joint, 3 * joint + 3)
    if (visibility > 0) sum += Math.hypot(places[2 * joint] - x, places[2 * joint + 1] - y)
  }
  return sum
}

/** `left hip` for `right hip`, and the reverse. Other names stay. */
const otherSide = (name: string): string => name.replace(/^(left|right) /, (side) => (side === 'left ' ? 'right ' : 'left '))

/** PCK@0.2, with two reference lengths: the torso, and the larger side of the person's box. The sides of a skeleton have the same joints. */
export class Agreement {
  /** Joints that the network and the labels both have, by name. */
  readonly joints: readonly string[]
  people = 0
  /** People without a labeled torso, whom only `ofBox` counts. */
  withoutTorso = 0
  readonly #ofTorso: CorrectKeypoints
  readonly #ofBox: CorrectKeypoints
  readonly #eitherSide: CorrectKeypoints
  readonly #predicted: readonly number[]
  readonly #exchanged: readonly number[]
  readonly #labeled: readonly number[]

  /** @param facts Those of the network. */
  constructor(facts: PoseFacts) {
    this.joints = COCO.filter((name) => facts.joints.includes(name))
    this.#predicted = this.joints.map((name) => facts.joints.indexOf(name))
    this.#exchanged = this.joints.map((name) => facts.joints.indexOf(otherSide(name)))
    this.#labeled = this.joints.map((name) => COCO.indexOf(name))
    const options = { joints: this.joints.length, threshold: THRESHOLD }
    this.#ofTorso = new CorrectKeypoints(options)
    this.#ofBox = new CorrectKeypoints(options)
    this.#eitherSide = new CorrectKeypoints(options)
  }

  add(pose: Pose, { keypoints, box }: PhotographedPerson): void {
    const placesOf = (joints: readonly number[]): number[] =>
      joints.flatMap((joint) => pose.keypoints.slice(3 * joint, 3 * joint + 2))
    const [predicted, exchanged] = [placesOf(this.#predicted), placesOf(this.#exchanged)]
    const labeled = this.#labeled.flatMap((joint) => keypoints.slice(3 * joint, 3 * joint + 3))
    const torso = torsoOf(keypoints)
    this.people++
    this.#ofBox.add(predicted, labeled, Math.max(box[2], box[3]))
    if (torso === undefined) {
      this.withoutTorso++
      return
    }
    this.#ofTorso.add(predicted, labeled, torso)
    const isExchanged = distance(exchanged, labeled) < distance(predicted, labeled)
    this.#eitherSide.add(isExchanged ? exchanged : predicted, labeled, torso)
  }

  /**
   * Shares from 0 to 1. `eitherSide` and `byJoint` are of the torso. In `eitherSide`, right and left of a person are exchanged if the
   * joints then lie closer to the labels. A joint that nobody has is NaN.
   */
  result(): { torso: number; eitherSide: number; box: number; byJoint: Readonly<Record<string, number>> } {
    const byJoint = this.#ofTorso.byJoint()
    return {
      torso: this.#ofTorso.mean(),
      eitherSide: this.#eitherSide.mean(),
      box: this.#ofBox.mean(),
      byJoint: Object.fromEntries(this.joints.map((name, index) => [name, byJoint[index]])),
    }
  }
}

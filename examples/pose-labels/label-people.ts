/** From pictures to labeled people: what is kept, and why the rest is not. */
import type { Picture } from '@onebit/image'
import type { GraphModel } from '@tensorflow/tfjs-converter'
import { type Box, isInside, overlap } from './boxes.ts'
import { type TaughtJoint, teachJoints } from './movenet.ts'
import { type FoundPerson, findPeople } from './people-finder.ts'

export interface Teachers {
  readonly detector: GraphModel
  readonly movenet: GraphModel
}

export interface LabelRules {
  /** Least score of a person, 0 to 1. */
  readonly person: number
  /** Joints with at least this score are visible, COCO's 2. */
  readonly visible: number
  /** Joints with at least this score are hidden, COCO's 1; those with less are not labeled. */
  readonly hidden: number
  /** Least height of a person's box, in pixels. */
  readonly height: number
  /** Least number of labeled joints. */
  readonly joints: number
}

export interface LabeledPerson {
  readonly box: Box
  /** `x, y, visibility` of COCO's 17 joints; zeros where a joint is not labeled. */
  readonly keypoints: readonly number[]
  /** The teacher's score for each joint, 0 to 1. */
  readonly scores: readonly number[]
}

/** Why a person is not in the set. */
export const SKIP_REASONS = {
  small: 'is smaller than --height',
  crowded: "shares half of the smaller box with another person, so that the teacher's joints may be either's",
  elsewhere: 'has most of its joints outside its box, so that the teacher saw somebody else',
  unsure: 'has fewer labeled joints than --joints',
} as const

export type SkipReason = keyof typeof SKIP_REASONS

export interface LabeledPicture {
  readonly people: readonly LabeledPerson[]
  /** The reason for each person that is not kept. */
  readonly skipped: readonly SkipReason[]
}

/** A pair of people that overlap more has one crop for both. */
const CROWDED = 0.5

function labelOf(joints: readonly TaughtJoint[], { width, height }: Picture, { visible, hidden }: LabelRules): number[] {
  return joints.flatMap(({ x, y, score }) => {
    if (score < hidden || !isInside([0, 0, width, height], x, y)) return [0, 0, 0]
    return [x, y, score >= visible ? 2 : 1]
  })
}

function faultOf(keypoints: readonly number[], box: Box, least: number): SkipReason | undefined {
  const labeled = keypoints.flatMap((visibility, index) => (index % 3 === 2 && visibility > 0 ? [index - 2] : []))
  const inside = labeled.filter((at) => isInside(box, keypoints[at], keypoints[at + 1]))
  if (labeled.length < least) return 'unsure'
  return inside.length < labeled.length / 2 ? 'elsewhere' : undefined
}

/** The people of a picture with the joints that MoveNet sees. */
export async function labelPeople(picture: Picture, teachers: Teachers, given: LabelRules): Promise<LabeledPicture> {
  const found = await findPeople(teachers.detector, picture, given.person)
  const people: LabeledPerson[] = []
  const skipped: SkipReason[] = []
  const isCrowded = (person: FoundPerson): boolean =>
    found.some((other) => other !== person && overlap(other.box, person.box) > CROWDED)
  for (const person of found) {
    const { box } = person
    if (box[3] < given.height || isCrowded(person)) {
      skipped.push(box[3] < given.height ? 'small' : 'crowded')
      continue
    }
    const joints = await teachJoints(teachers.movenet, picture, box)
    const keypoints = labelOf(joints, picture, given)
    const fault = faultOf(keypoints, box, given.joints)
    if (fault) skipped.push(fault)
    else people.push({ box, keypoints, scores: joints.map(({ score }) => score) })
  }
  return { people, skipped }
}

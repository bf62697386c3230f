/** The facts of a data set for human pose, the annotation of a person, and the prediction of a network. */
import { type Affine, AnnotationError, describeValue, rules, type ValueRule } from '@onebit/core'
import { movePoint, moveRectangle } from '@onebit/image'
import { coordinates } from './metrics/keypoint-rules.ts'

/** A type, because TypeScript does not accept an interface as JSON. */
export type PoseFacts = {
  /** Names of the joints. Everything else refers to them by index, from 0. */
  readonly joints: readonly string[]
  /** Right and left joints that change places in a mirror. */
  readonly pairs: readonly (readonly [right: number, left: number])[]
  /** Pairs of joints that a line connects in a drawn skeleton. */
  readonly bones: readonly (readonly [from: number, to: number])[]
  /** The metric of the data set: by the size of heads, as in MPII, or by object keypoint similarity, as in COCO. */
  readonly metric: 'PCKh' | 'OKS'
  /** Joints that the mean of PCKh leaves out. Default: none. */
  readonly excluded?: readonly number[]
  /** Standard deviation of each joint, for object keypoint similarity. Default: those of COCO's 17 joints. */
  readonly sigmas?: readonly number[]
}

/** Facts with the names of at least one joint. */
export const namedJointsRule: ValueRule = rules.object({ joints: rules.list(rules.text, { minimum: 1 }) })

/** What else is known of `count` joints: pairs, bones and numbers of joints that exist. */
export function jointFactsRule(count: number): ValueRule {
  const joint = rules.integer({ minimum: 0, maximum: count - 1 })
  const pairs = rules.list(rules.list(joint, { length: 2 }))
  return rules.object(
    { joints: rules.list(rules.text), pairs, bones: pairs, metric: rules.oneOf(['PCKh', 'OKS']) },
    { excluded: rules.list(joint), sigmas: rules.list(rules.number({ minimum: Number.MIN_VALUE }), { length: count }) },
  )
}

export const factsRule: ValueRule = (facts) => namedJointsRule(facts) ?? jointFactsRule((facts as PoseFacts).joints.length)(facts)

/** One person of a picture; all lengths are in the picture's pixels. */
export interface Person {
  /** `x, y, visibility` of every joint. Visibility 0: not labeled, 1: hidden, 2: visible. */
  readonly keypoints: readonly number[]
  /** Reference length of PCKh. In MPII, it is 0.6 times the diagonal of the head's box. */
  readonly headSize?: number
  /** Box around the person: `[left, top, width, height]`. Default: around the labeled joints. */
  readonly box?: readonly [left: number, top: number, width: number, height: number]
  /** Area of the person's mask, in square pixels. Default: area of the box. */
  readonly area?: number
  /** True if one annotation is for several people whom nobody told apart. Default: false. */
  readonly crowd?: boolean
  /** The person's picture in the data set, if several people share one. Default: the person's own picture. */
  readonly picture?: string | number
}

/** A predicted person. */
export interface Pose {
  /** `x, y, confidence` of every joint, in the picture's pixels; the confidence is from 0 to 1. */
  readonly keypoints: readonly number[]
  /** Mean confidence of the joints, 0 to 1. */
  readonly score: number
}

/** A pose of `joints` joints. */
export const poseRule = (joints: number): ValueRule => rules.object({ keypoints: coordinates(3 * joints), score: rules.number() })

const VISIBILITIES = [0, 1, 2]

const detailsRule = rules.object(
  {},
  {
    box: rules.list(rules.number(), { length: 4 }),
    crowd: rules.boolean,
    picture: rules.either(rules.text, rules.number()),
  },
)

/**
 * Checks an annotation and returns it.
 * @throws AnnotationError unless it has three finite numbers per joint, the third of them 0, 1 or 2, lengths above 0, and a box of four
 * numbers.
 */
export function checkPerson(person: Person, { joints }: PoseFacts): Person {
  const fault = detailsRule(person)
  if (fault) {
    const { at, expected, received } = fault
    throw new AnnotationError({ what: `An annotation is no person${at && ` at '${at}'`}.`, expected, received })
  }
  const { keypoints, headSize, area } = person
  if (!Array.isArray(keypoints) || keypoints.length !== 3 * joints.length) {
    throw new AnnotationError({
      what: 'A person has another number of joints than the data set.',
      expected: `${joints.length} joints, x, y and visibility of each`,
      received: Array.isArray(keypoints) ? `${keypoints.length} numbers` : describeValue(keypoints),
    })
  }
  for (const [joint, name] of joints.entries()) {
    const [x, y, visibility] = keypoints.slice(3 * joint, 3 * joint + 3)
    if (Number.isFinite(x) && Number.isFinite(y) && VISIBILITIES.includes(visibility)) continue
    throw new AnnotationError({
      what: `The joint '${name}' of a person cannot be used.`,
      expected: 'x and y in pixels, and a visibility of 0 (not labeled), 1 (hidden) or 2 (visible)',
      received: [x, y, visibility].map(describeValue).join(', '),
    })
  }
  for (const [name, length] of Object.entries({ headSize, area })) {
    if (length === undefined || (typeof length === 'number' && length > 0)) continue
    const what = `The ${name} of a person cannot be used.`
    throw new AnnotationError({ what, expected: 'more than 0', received: describeValue(length) })
  }
  return person
}

/** `[left, top, width, height]` of the person's box, or of the labeled joints. Undefined if there is neither. */
export function boxOf({ box, keypoints }: Person): Person['box'] {
  if (box) return box
  const labeled = Array.from({ length: keypoints.length / 3 }, (_, joint) => keypoints.slice(3 * joint, 3 * joint + 3)).filter(
    ([, , visibility]) => visibility > 0,
  )
  if (labeled.length === 0) return undefined
  const [xs, ys] = [labeled.map(([x]) => x), labeled.map(([, y]) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top]
}

/** The person after the picture moved. In a mirror, right and left joints change places. */
export function warpPerson(person: Person, affine: Affine, { pairs }: PoseFacts): Person {
  const { keypoints, headSize, box, area } = person
  const determinant = affine[0] * affine[4] - affine[1] * affine[3]
  const order = Array.from({ length: keypoints.length / 3 }, (_, joint) => joint)
  if (determinant < 0) for (const [right, left] of pairs) [order[right], order[left]] = [left, right]
  const scale = Math.sqrt(Math.abs(determinant))
  const moved = order.flatMap((joint) => {
    const [x, y, visibility] = keypoints.slice(3 * joint, 3 * joint + 3)
    return visibility === 0 ? [0, 0, 0] : [...movePoint(affine, x, y), visibility]
  })
  const around = box && moveRectangle(affine, { left: box[0], top: box[1], width: box[2], height: box[3] })
  return {
    ...person,
    keypoints: moved,
    ...(headSize !== undefined && { headSize: headSize * scale }),
    ...(around && { box: [around.left, around.top, around.width, around.height] as const }),
    ...(area !== undefined && { area: area * scale * scale }),
  }
}

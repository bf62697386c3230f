/**
 * Crops a person out of a picture in a single interpolation, with the proportions of the network's input. The crop lies around
 * the middle of the person's box, with a margin. In training, it is scaled and turned, and sometimes shows only the upper or
 * lower half of the body.
 *
 * Xiao, Wu, Wei: Simple Baselines (ECCV 2018), arXiv 1804.06208: margin 1.25, 40 degrees with a probability of 0.6, 0.7 to 1.3.
 * Half bodies: Wang et al.: Cascade Pose Estimation (CVPR 2018 Workshop), as in the released code of HRNet, arXiv 1902.09212:
 * more than 8 joints, 1.5 times.
 */
import { type Affine, AnnotationError } from '@onebit/core'
import { heightAndWidth, inOrder, rotation, type Size, scaling, translation } from '@onebit/image'
import type { Random } from '../random.ts'

export interface PersonCropOptions {
  /** Size of the result. */
  size: Size
  /** Size of the crop divided by that of the box. Default: 1.25. */
  margin?: number
  /** The largest angle in degrees, in both directions, 0 to 180. Default: 0. */
  degrees?: number
  /** Probability that a person is turned at all, 0 to 1. Default: 0.6. */
  turned?: number
  /** Least and greatest factor of the person's size. Default: [1, 1]. */
  scale?: readonly [low: number, high: number]
  /** Probability that only half of a body is cropped, 0 to 1. Default: 0. */
  halfBody?: number
  /** Joints of the upper half, by index. Default: none, and no half bodies. */
  upper?: readonly number[]
  /** The value of pixels from outside the picture, 0 to 255. Default: 0. */
  fill?: number
}

/** The part of an annotation that is read. */
interface Located {
  readonly keypoints: readonly number[]
  readonly box?: readonly [left: number, top: number, width: number, height: number]
}

interface Window {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** With fewer labeled joints, a body is not divided into halves. */
const LEAST_OF_BODY = 9
/** A half with fewer joints is not cropped. */
const LEAST_OF_HALF = 3
/** The factor by which the box around half a body's joints grows, before the margin. */
const HALF_MARGIN = 1.5

function located(annotation: unknown): Located {
  const { keypoints } = (annotation ?? {}) as Partial<Located>
  if (Array.isArray(keypoints)) return annotation as Located
  throw new AnnotationError({
    what: "The augmentation 'person-crop' crops around people.",
    expected: 'annotations with keypoints, and a box',
    received: typeof annotation,
    fix: 'Use it on a data set of people.',
  })
}

/** The box around labeled joints. */
function around(keypoints: readonly number[], joints: readonly number[]): Window | undefined {
  if (joints.length === 0) return undefined
  const [xs, ys] = [0, 1].map((axis) => joints.map((joint) => keypoints[3 * joint + axis]))
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top]
  return { x: left + width / 2, y: top + height / 2, width, height }
}

/** The person's box, or else the box around the labeled joints. @throws AnnotationError if there is neither. */
function whole({ keypoints, box }: Located, labeled: readonly number[]): Window {
  const window = box
    ? { x: box[0] + box[2] / 2, y: box[1] + box[3] / 2, width: box[2], height: box[3] }
    : around(keypoints, labeled)
  if (window && Math.max(window.width, window.height) > 0) return window
  throw new AnnotationError({
    what: 'A person cannot be cropped who is nowhere in the picture.',
    expected: 'a box, or at least two labeled joints',
    received: `${labeled.length} labeled joints`,
  })
}

function halved(
  { keypoints }: Located,
  labeled: readonly number[],
  upper: readonly number[],
  isUpper: boolean,
): Window | undefined {
  const half = (above: boolean): number[] => labeled.filter((joint) => upper.includes(joint) === above)
  const chosen = half(isUpper).length >= LEAST_OF_HALF ? half(isUpper) : half(!isUpper)
  if (chosen.length < LEAST_OF_HALF) return undefined
  const window = around(keypoints, chosen)
  return window && { ...window, width: HALF_MARGIN * window.width, height: HALF_MARGIN * window.height }
}

/**
 * Maps the picture's pixels to those of the crop. Draws five numbers.
 * @throws AnnotationError on an annotation without keypoints or without a place.
 */
export function drawPersonCrop(annotation: unknown, options: PersonCropOptions, random: Random): Affine {
  const { size, margin = 1.25, degrees = 0, turned = 0.6, scale: [low, high] = [1, 1], halfBody = 0, upper = [] } = options
  const [height, width] = heightAndWidth(size)
  const person = located(annotation)
  const joints = Array.from({ length: person.keypoints.length / 3 }, (_, joint) => joint)
  const labeled = joints.filter((joint) => person.keypoints[3 * joint + 2] > 0)
  const [isHalf, isUpper] = [random.uniform() < halfBody, random.uniform() < 0.5]
  const half = isHalf && labeled.length >= LEAST_OF_BODY ? halved(person, labeled, upper, isUpper) : undefined
  const window = half ?? whole(person, labeled)
  const factor = low + (high - low) * random.uniform()
  const isTurned = random.uniform() < turned
  const angle = degrees * (2 * random.uniform() - 1) * Number(isTurned)
  // The smaller of both scales, so that all of the window is visible.
  const fit = Math.min(width / Math.max(window.width, 1e-6), height / Math.max(window.height, 1e-6))
  return inOrder(
    translation(-window.x, -window.y),
    rotation(angle),
    scaling((factor * fit) / margin),
    translation(width / 2, height / 2),
  )
}

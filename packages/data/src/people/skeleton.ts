/** A person as directions of bones, and as points if the bones have lengths. */
import { add, along, between, cross, scaled, unit, type Vector } from './vector.ts'

/** A pose's directions, of length 1, in the order of `embedded/motion-capture.bin`. Hips and shoulders go from right to left. */
export const DIRECTIONS = [
  'hips',
  'lowerSpine',
  'upperSpine',
  'shoulders',
  'neck',
  'head',
  'face',
  'rightThigh',
  'rightShank',
  'rightFoot',
  'leftThigh',
  'leftShank',
  'leftFoot',
  'rightUpperArm',
  'rightForearm',
  'rightHand',
  'leftUpperArm',
  'leftForearm',
  'leftHand',
] as const

export type Directions = Readonly<Record<(typeof DIRECTIONS)[number], Vector>>

/** Lengths of bones, as shares of the height. */
export interface BoneLengths {
  readonly hips: number
  readonly shoulders: number
  readonly lowerSpine: number
  readonly upperSpine: number
  readonly neck: number
  readonly head: number
  readonly thigh: number
  readonly shank: number
  readonly foot: number
  readonly upperArm: number
  readonly forearm: number
  readonly hand: number
}

/** Lengths of a mean adult. Drillis, Contini: Body Segment Parameters (1966), with centers of joints instead of outer widths. */
export const MEAN_LENGTHS: BoneLengths = {
  hips: 0.105,
  shoulders: 0.215,
  lowerSpine: 0.125,
  upperSpine: 0.165,
  neck: 0.07,
  head: 0.145,
  thigh: 0.245,
  shank: 0.246,
  foot: 0.115,
  upperArm: 0.176,
  forearm: 0.146,
  hand: 0.085,
}

export type PointName =
  | 'pelvis'
  | 'waist'
  | 'thorax'
  | 'neck'
  | 'headTop'
  | 'headCenter'
  | 'nose'
  | `${'right' | 'left'}${'Hip' | 'Knee' | 'Ankle' | 'Toe' | 'Shoulder' | 'Elbow' | 'Wrist' | 'Hand' | 'Eye' | 'Ear'}`

export type Points = Readonly<Record<PointName, Vector>>

/** Radius of the head, as a share of its length. */
export const HEAD_RADIUS = 0.4

function limbs(d: Directions, lengths: BoneLengths, side: 'right' | 'left', hip: Vector, shoulder: Vector) {
  const knee = along(hip, d[`${side}Thigh`], lengths.thigh)
  const ankle = along(knee, d[`${side}Shank`], lengths.shank)
  const elbow = along(shoulder, d[`${side}UpperArm`], lengths.upperArm)
  const wrist = along(elbow, d[`${side}Forearm`], lengths.forearm)
  const points: readonly (readonly [string, Vector])[] = [
    ['Hip', hip],
    ['Knee', knee],
    ['Ankle', ankle],
    ['Toe', along(ankle, d[`${side}Foot`], lengths.foot)],
    ['Shoulder', shoulder],
    ['Elbow', elbow],
    ['Wrist', wrist],
    ['Hand', along(wrist, d[`${side}Hand`], lengths.hand)],
  ]
  return Object.fromEntries(points.map(([name, point]) => [`${side}${name}`, point]))
}

/** The center of the head, and the points of the face on it. */
function facePoints(neck: Vector, d: Directions, length: number): Partial<Points> {
  const up = d.head
  const side = unit(cross(up, d.face), d.shoulders)
  const front = cross(side, up)
  const radius = HEAD_RADIUS * length
  const headCenter = along(neck, up, 0.55 * length)
  const at = (right: number, above: number, before: number): Vector =>
    add(headCenter, scaled(add(add(scaled(side, right), scaled(up, above)), scaled(front, before)), radius))
  return {
    headCenter,
    nose: at(0, -0.12, 1.08),
    // `side` is the person's left.
    rightEye: at(-0.36, 0.18, 0.92),
    leftEye: at(0.36, 0.18, 0.92),
    rightEar: at(-0.98, 0, -0.05),
    leftEar: at(0.98, 0, -0.05),
  }
}

/** All points of a person. The pelvis is the origin. */
export function pointsOf(d: Directions, lengths: BoneLengths): Points {
  const pelvis: Vector = [0, 0, 0]
  const waist = along(pelvis, d.lowerSpine, lengths.lowerSpine)
  const thorax = along(waist, d.upperSpine, lengths.upperSpine)
  const neck = along(thorax, d.neck, lengths.neck)
  const [hip, shoulder] = [lengths.hips / 2, lengths.shoulders / 2]
  return {
    pelvis,
    waist,
    thorax,
    neck,
    headTop: along(neck, d.head, lengths.head),
    ...facePoints(neck, d, lengths.head),
    ...limbs(d, lengths, 'right', along(pelvis, d.hips, -hip), along(thorax, d.shoulders, -shoulder)),
    ...limbs(d, lengths, 'left', along(pelvis, d.hips, hip), along(thorax, d.shoulders, shoulder)),
  } as Points
}

/** The middle of hips or shoulders. */
export const middle = (points: Points, part: 'Hip' | 'Knee' | 'Shoulder'): Vector =>
  between(points[`right${part}`], points[`left${part}`])

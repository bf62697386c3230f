/**
 * Poses of a random model with joint limits, for poses that motion capture lacks. It draws angles around a few postures, within
 * the ranges of human joints.
 *
 * Angles are in degrees, for one side; positive is forward (flexion), outward (abduction), or inward rotation. Ranges are
 * narrower than the active ranges of motion of the American Academy of Orthopaedic Surgeons, Joint Motion (1965).
 */
import type { Draws } from './draws.ts'
import type { Directions } from './skeleton.ts'
import { turned, unit, type Vector } from './vector.ts'

type Range = readonly [low: number, high: number]

/** Every range holds for both sides. Each side is drawn on its own. */
interface Posture {
  readonly weight: number
  readonly spine: Range
  readonly sideways: Range
  readonly twist: Range
  readonly hip: Range
  readonly hipOut: Range
  readonly knee: Range
  readonly shoulder: Range
  readonly shoulderOut: Range
  readonly elbow: Range
  /** Difference between the sides: with 1, one leg is forward and the other back. */
  readonly stride?: number
}

const STANDING: Posture = {
  weight: 4,
  spine: [-5, 15],
  sideways: [-8, 8],
  twist: [-20, 20],
  hip: [-8, 15],
  hipOut: [0, 14],
  knee: [0, 15],
  shoulder: [-20, 40],
  shoulderOut: [2, 35],
  elbow: [0, 100],
}

const POSTURES: readonly Posture[] = [
  STANDING,
  { ...STANDING, weight: 3, hip: [5, 35], knee: [0, 50], shoulder: [0, 45], elbow: [10, 90], stride: 1 },
  { ...STANDING, weight: 2, spine: [5, 30], hip: [15, 75], knee: [20, 110], shoulder: [10, 70], elbow: [60, 120], stride: 1 },
  { ...STANDING, weight: 2, shoulder: [60, 175], shoulderOut: [0, 50], elbow: [0, 90] },
  { ...STANDING, weight: 2, shoulder: [-20, 30], shoulderOut: [50, 150], elbow: [0, 110], hipOut: [0, 35] },
  { ...STANDING, weight: 2, spine: [0, 30], hip: [70, 105], hipOut: [0, 30], knee: [60, 110], shoulder: [0, 60] },
  { ...STANDING, weight: 1.5, spine: [10, 40], hip: [40, 110], hipOut: [5, 35], knee: [50, 130], shoulder: [20, 90] },
  { ...STANDING, weight: 1, spine: [30, 80], hip: [0, 40], knee: [0, 30], shoulder: [30, 100], elbow: [0, 60] },
  { ...STANDING, weight: 1, hip: [-15, 100], hipOut: [0, 50], knee: [0, 110], shoulder: [-40, 170], shoulderOut: [0, 150] },
]

const TOTAL = POSTURES.reduce((sum, { weight }) => sum + weight, 0)

const LEFT: Vector = [1, 0, 0]
const UP: Vector = [0, 1, 0]
const FORWARD: Vector = [0, 0, 1]
const DOWN: Vector = [0, -1, 0]

const radians = (degrees: number): number => (degrees * Math.PI) / 180

function choosePosture(draws: Draws): Posture {
  let left = draws.within(0, TOTAL)
  for (const posture of POSTURES) {
    left -= posture.weight
    if (left < 0) return posture
  }
  return STANDING
}

/** An arm or a leg: the upper and the lower part, in the frame of the trunk. @param outward +x on the left. */
function limb(
  forward: number,
  outward: number,
  spread: number,
  bend: number,
  bendsBack: boolean,
): readonly [Vector, Vector, Vector] {
  // The axis points to the left: turning around it backwards lifts a limb that hangs down.
  const lift = (v: Vector): Vector => turned(turned(v, LEFT, radians(-forward)), FORWARD, radians(outward * spread))
  const upper = lift(DOWN)
  const hinge = lift(LEFT)
  const lower = turned(upper, hinge, radians(bendsBack ? bend : -bend))
  return [upper, lower, hinge]
}

export function drawPosture(draws: Draws): Directions {
  const posture = choosePosture(draws)
  const angle = ([low, high]: Range): number => draws.within(low, high)
  const { stride = 0 } = posture
  const leader = draws.sign()

  const bend = angle(posture.spine)
  const lean = angle(posture.sideways)
  const trunk = (v: Vector, share: number): Vector =>
    turned(turned(v, LEFT, radians(share * bend)), FORWARD, radians(share * lean))
  const twist = radians(angle(posture.twist))
  const upperTrunk = (v: Vector): Vector => trunk(turned(v, UP, twist), 1)

  const nod = radians(draws.within(-25, 30))
  const shake = radians(draws.within(-60, 60))
  const tilt = radians(draws.around(7))
  const head = (v: Vector): Vector => upperTrunk(turned(turned(turned(v, FORWARD, tilt), LEFT, nod), UP, shake))

  const sides = ([1, -1] as const).map((outward) => {
    const name = outward === 1 ? 'left' : 'right'
    const opposite = stride > 0 && outward === leader ? -0.6 : 1
    const hip = angle(posture.hip) * opposite
    const [thigh, shank, hinge] = limb(Math.max(-20, hip), outward, angle(posture.hipOut), angle(posture.knee), true)
    const foot = turned(shank, hinge, radians(-draws.within(65, 110)))
    const [upperArm, forearm, elbow] = limb(
      angle(posture.shoulder) * (stride > 0 ? 1.6 - opposite : 1) * 0.8,
      outward,
      angle(posture.shoulderOut),
      angle(posture.elbow),
      false,
    )
    // Forearms also turn with the upper arm.
    const swing = radians(outward * draws.within(-60, 25))
    const forearmTurned = turned(forearm, upperArm, swing)
    const hand = turned(forearmTurned, turned(elbow, upperArm, swing), radians(-draws.within(-20, 30)))
    return {
      [`${name}Thigh`]: thigh,
      [`${name}Shank`]: shank,
      [`${name}Foot`]: turned(foot, UP, radians(outward * draws.within(-5, 25))),
      [`${name}UpperArm`]: upperTrunk(upperArm),
      [`${name}Forearm`]: upperTrunk(forearmTurned),
      [`${name}Hand`]: upperTrunk(hand),
    }
  })
  return {
    hips: LEFT,
    lowerSpine: trunk(UP, 0.5),
    upperSpine: trunk(UP, 1),
    shoulders: unit(upperTrunk(turned(LEFT, FORWARD, radians(draws.around(3))))),
    neck: unit(trunk(UP, 0.9)),
    head: head(UP),
    face: head(FORWARD),
    ...sides[0],
    ...sides[1],
  } as unknown as Directions
}

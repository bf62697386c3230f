/** Bodies: their lengths and widths, their clothes, and the capsules that they consist of. */
import type { Draws } from './draws.ts'
import { drawCloth, drawHair, drawSkin, type Material } from './materials.ts'
import { type BoneLengths, HEAD_RADIUS, MEAN_LENGTHS, middle, type Points } from './skeleton.ts'
import { add, along, between, cross, scaled, unit, type Vector } from './vector.ts'

/** A part of a body; radii are shares of the height. */
export interface Part {
  readonly from: Vector
  readonly to: Vector
  readonly fromRadius: number
  readonly toRadius: number
  readonly material: Material
}

export interface Body {
  readonly lengths: BoneLengths
  partsOf(points: Points): Part[]
}

type Sleeves = 'long' | 'short' | 'none'
type Legs = 'trousers' | 'shorts' | 'skirt'
type HairStyle = 'bald' | 'short' | 'long' | 'bun' | 'hat' | 'cap'

interface Looks {
  readonly girth: number
  readonly belly: number
  readonly skin: Material
  readonly hair: Material
  readonly top: Material
  readonly bottom: Material
  readonly shoes: Material
  readonly hat: Material
  readonly sleeves: Sleeves
  readonly legs: Legs
  /** Length of a skirt, as a share of the thighs and shanks. */
  readonly hem: number
  readonly style: HairStyle
  readonly backpack?: Material
}

const DARK: Material = { color: [24, 18, 18], gloss: 0 }
const LIPS: Material = { color: [140, 62, 60], gloss: 0 }

function drawLooks(draws: Draws): Looks {
  const top = drawCloth(draws, 0.45)
  return {
    girth: draws.within(0.85, 1.3),
    belly: draws.within(0.9, 1.35),
    skin: drawSkin(draws),
    hair: drawHair(draws),
    top,
    // Dresses and overalls have one cloth.
    bottom: draws.chance(0.12) ? top : drawCloth(draws, 0.15),
    shoes: drawCloth(draws, 0),
    hat: drawCloth(draws, 0.2),
    sleeves: draws.one(['long', 'long', 'short', 'short', 'short', 'none'] as const),
    legs: draws.one(['trousers', 'trousers', 'trousers', 'shorts', 'shorts', 'skirt'] as const),
    hem: draws.within(0.7, 1.6),
    style: draws.one(['bald', 'short', 'short', 'short', 'long', 'long', 'bun', 'hat', 'cap'] as const),
    ...(draws.chance(0.1) && { backpack: drawCloth(draws, 0.1) }),
  }
}

/** The bones of a person scale together, and each varies a little; children have large heads and short legs. */
function drawLengths(draws: Draws): BoneLengths {
  const child = draws.chance(0.12) ? draws.within(0.3, 1) : 0
  const vary = (name: keyof BoneLengths, grows = 0): number =>
    MEAN_LENGTHS[name] * (1 + draws.around(0.035)) * (1 + grows * child)
  return {
    hips: vary('hips', 0.05) * draws.within(0.9, 1.15),
    shoulders: vary('shoulders') * draws.within(0.88, 1.12),
    lowerSpine: vary('lowerSpine', 0.05),
    upperSpine: vary('upperSpine', 0.05),
    neck: vary('neck', -0.1),
    head: vary('head', 0.35),
    thigh: vary('thigh', -0.12),
    shank: vary('shank', -0.12),
    foot: vary('foot'),
    upperArm: vary('upperArm', -0.08),
    forearm: vary('forearm', -0.08),
    hand: vary('hand'),
  }
}

const part = (from: Vector, to: Vector, fromRadius: number, toRadius: number, material: Material): Part => ({
  from,
  to,
  fromRadius,
  toRadius,
  material,
})

function torso(p: Points, { girth, belly, top, bottom, backpack }: Looks): Part[] {
  const hips = middle(p, 'Hip')
  const [right, left] = (['right', 'left'] as const).map((side) => {
    const shoulder = between(p[`${side}Shoulder`], p.thorax, 0.3)
    return part(shoulder, between(p[`${side}Hip`], p.waist, 0.35), 0.058 * girth, 0.06 * girth, top)
  })
  const front = unit(cross(add(p.leftHip, scaled(p.rightHip, -1)), add(p.thorax, scaled(p.pelvis, -1))), [0, 0, 1])
  const navel = along(p.waist, front, 0.012 * belly)
  const parts = [
    part(along(p.thorax, front, 0.005), navel, 0.068 * girth, 0.066 * girth * belly, top),
    part(navel, hips, 0.066 * girth * belly, 0.062 * girth, top),
    part(p.rightShoulder, p.leftShoulder, 0.04 * girth, 0.04 * girth, top),
    part(along(p.rightHip, front, -0.01), along(p.leftHip, front, -0.01), 0.064 * girth, 0.064 * girth, bottom),
    right,
    left,
  ]
  if (backpack) {
    const behind = (at: Vector): Vector => along(at, front, -0.1 * girth)
    parts.push(part(behind(p.thorax), behind(p.waist), 0.075, 0.085, backpack))
  }
  return parts
}

function arm(p: Points, side: 'right' | 'left', { girth, skin, top, sleeves }: Looks): Part[] {
  const [shoulder, elbow, wrist] = [p[`${side}Shoulder`], p[`${side}Elbow`], p[`${side}Wrist`]]
  const g = Math.sqrt(girth)
  const loose = sleeves === 'none' ? 1 : 1.15
  const sleeve = between(shoulder, elbow, sleeves === 'long' ? 1 : 0.62)
  const parts = [
    part(elbow, wrist, 0.026 * g, 0.018 * g, skin),
    part(wrist, p[`${side}Hand`], 0.02 * g, 0.014 * g, skin),
    part(shoulder, elbow, 0.034 * g, 0.027 * g, skin),
  ]
  if (sleeves !== 'none') parts.push(part(shoulder, sleeve, 0.037 * g * loose, 0.031 * g * loose, top))
  if (sleeves === 'long') parts.push(part(elbow, between(elbow, wrist, 0.9), 0.03 * g * loose, 0.023 * g * loose, top))
  return parts
}

function leg(p: Points, side: 'right' | 'left', { girth, skin, bottom, shoes, legs }: Looks): Part[] {
  const [hip, knee, ankle, toe] = [p[`${side}Hip`], p[`${side}Knee`], p[`${side}Ankle`], p[`${side}Toe`]]
  const g = Math.sqrt(girth)
  const covered = legs === 'trousers' ? 1 : 0.75
  const parts = [
    part(hip, knee, 0.058 * girth, 0.037 * g, skin),
    part(knee, ankle, 0.038 * g, 0.023 * g, skin),
    part(along(ankle, add(toe, scaled(ankle, -1)), -0.15), toe, 0.028, 0.021, shoes),
  ]
  if (legs === 'skirt') return parts
  parts.push(part(hip, between(hip, knee, covered), 0.063 * girth, 0.045 * g, bottom))
  if (legs === 'trousers') parts.push(part(knee, between(knee, ankle, 0.92), 0.042 * g, 0.031 * g, bottom))
  return parts
}

/** A skirt from the hips to the hem, which hangs between the legs. */
function skirt(p: Points, { girth, bottom, legs, hem }: Looks): Part[] {
  if (legs !== 'skirt') return []
  const [right, left] = (['right', 'left'] as const).map((side) => {
    const [hip, knee, ankle] = [p[`${side}Hip`], p[`${side}Knee`], p[`${side}Ankle`]]
    return hem <= 1 ? between(hip, knee, hem) : between(knee, ankle, hem - 1)
  })
  // Seven folds side by side make the hem nearly straight.
  return [0, 1, 2, 3, 4, 5, 6].map((fold) => {
    const share = fold / 6
    const [wide, slim] = [(share - 0.5) * 0.11 * girth, 0.035 * girth]
    const apart = unit(add(left, scaled(right, -1)), [1, 0, 0])
    const end = along(between(right, left, share), apart, wide)
    return part(between(p.rightHip, p.leftHip, share), end, 0.062 * girth, slim, bottom)
  })
}

function head(p: Points, looks: Looks, lengths: BoneLengths): Part[] {
  const { skin, hair, hat, style } = looks
  const radius = HEAD_RADIUS * lengths.head
  const up = unit(add(p.headTop, scaled(p.neck, -1)))
  const side = unit(add(p.leftEar, scaled(p.rightEar, -1)), [1, 0, 0])
  const front = cross(side, up)
  const at = (right: number, above: number, before: number): Vector =>
    add(p.headCenter, scaled(add(add(scaled(side, right), scaled(up, above)), scaled(front, before)), radius))
  const ball = (center: Vector, share: number, material: Material): Part =>
    part(center, center, share * radius, share * radius, material)
  const parts = [
    part(p.thorax, p.neck, 0.034, 0.03, skin),
    // Chin and skull.
    part(at(0, -0.45, 0.12), at(0, 0.2, 0), 0.8 * radius, 1 * radius, skin),
    ball(at(0, -0.1, 1), 0.16, skin),
    ball(at(-0.36, 0.16, 0.9), 0.13, DARK),
    ball(at(0.36, 0.16, 0.9), 0.13, DARK),
    part(at(-0.2, -0.55, 0.86), at(0.2, -0.55, 0.86), 0.08 * radius, 0.08 * radius, LIPS),
    ball(at(-0.98, 0, -0.05), 0.2, skin),
    ball(at(0.98, 0, -0.05), 0.2, skin),
  ]
  if (style === 'bald') return parts
  const above = style === 'hat' || style === 'cap' ? hat : hair
  parts.push(part(at(0, 0.45, -0.12), at(0, 0.2, -0.3), 0.95 * radius, 1 * radius, above))
  if (style === 'long') parts.push(part(at(0, 0.1, -0.35), at(0, -1.5, -0.55), 1 * radius, 0.75 * radius, hair))
  if (style === 'bun') parts.push(ball(at(0, 0.9, -0.75), 0.45, hair))
  if (style === 'hat') parts.push(part(at(-0.95, 0.5, 0), at(0.95, 0.5, 0), 0.3 * radius, 0.3 * radius, hat))
  if (style === 'cap') parts.push(part(at(-0.35, 0.5, 1), at(0.35, 0.5, 1), 0.28 * radius, 0.28 * radius, hat))
  return parts
}

/** A random body with its own size, shape and clothes. */
export function drawBody(draws: Draws): Body {
  const [lengths, looks] = [drawLengths(draws), drawLooks(draws)]
  return {
    lengths,
    partsOf: (points) => [
      ...torso(points, looks),
      ...skirt(points, looks),
      ...(['right', 'left'] as const).flatMap((side) => [...arm(points, side, looks), ...leg(points, side, looks)]),
      ...head(points, looks, lengths),
    ],
  }
}

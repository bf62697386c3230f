/** The materials of people and their clothes: a color, and a pattern that makes it darker and lighter. */
import type { Color } from '@onebit/image'
import type { Draws } from './draws.ts'

export interface Material {
  readonly color: Color
  /** Strength of highlights, 0 to 1. */
  readonly gloss: number
  /**
   * A factor of the color. Absent: 1 everywhere.
   * @param along Position along the axis of a part, in shares of the person's height.
   * @param around Position around the axis, from -1 to 1 as seen from the front.
   */
  readonly shadeAt?: (along: number, around: number) => number
}

/** A color of hue, saturation and value, each 0 to 1. */
export function colorOf(hue: number, saturation: number, value: number): Color {
  const at = (offset: number): number => {
    const place = (offset + hue * 6) % 6
    return 255 * value * (1 - saturation * Math.max(0, Math.min(1, place, 4 - place)))
  }
  return [at(5), at(3), at(1)]
}

/** A mix of two colors. */
export const mixed = (a: Color, b: Color, share: number): Color => [
  a[0] + share * (b[0] - a[0]),
  a[1] + share * (b[1] - a[1]),
  a[2] + share * (b[2] - a[2]),
]

/** Darkest and lightest skin here, after Fitzpatrick's scale. */
const [DARK_SKIN, LIGHT_SKIN]: readonly Color[] = [
  [72, 45, 32],
  [244, 208, 184],
]

export function drawSkin(draws: Draws): Material {
  const tone = mixed(DARK_SKIN, LIGHT_SKIN, draws.within(0, 1))
  return { color: [tone[0] + draws.around(6), tone[1] + draws.around(5), tone[2] + draws.around(5)], gloss: 0.06 }
}

const HAIR: readonly Color[] = [
  [22, 18, 16],
  [48, 32, 22],
  [92, 60, 34],
  [150, 108, 58],
  [206, 172, 110],
  [140, 58, 26],
  [150, 148, 146],
]

export const drawHair = (draws: Draws): Material => ({ color: draws.one(HAIR), gloss: 0.12 })

type Pattern = (draws: Draws) => Material['shadeAt']

const stripesAlong: Pattern = (draws) => {
  const [period, dark] = [draws.within(0.03, 0.09), draws.within(0.45, 0.8)]
  return (along) => ((along / period) % 1 < 0.5 ? 1 : dark)
}
const stripesAround: Pattern = (draws) => {
  const [count, dark] = [draws.within(3, 7), draws.within(0.5, 0.8)]
  return (_, around) => ((Math.asin(around) * count + 20) % 2 < 1 ? 1 : dark)
}
const checks: Pattern = (draws) => {
  const [period, dark] = [draws.within(0.03, 0.07), draws.within(0.55, 0.85)]
  return (along, around) => ((along / period) % 1 < 0.5 ? 1 : dark) * ((Math.asin(around) * 3 + 20) % 1.2 < 0.6 ? 1 : dark)
}
const dots: Pattern = (draws) => {
  const [period, light] = [draws.within(0.03, 0.06), draws.within(1.3, 1.8)]
  return (along, around) => {
    const [row, column] = [(along / period) % 1, (Math.asin(around) * 2.5 + 20) % 1]
    return (row - 0.5) ** 2 + (column - 0.5) ** 2 < 0.06 ? light : 1
  }
}
/** A stripe or a print across the middle. */
const print: Pattern = (draws) => {
  const [from, height, factor] = [draws.within(0.03, 0.12), draws.within(0.03, 0.1), draws.within(0.4, 1.7)]
  return (along, around) => (along > from && along < from + height && Math.abs(around) < 0.75 ? factor : 1)
}

const PATTERNS: readonly Pattern[] = [stripesAlong, stripesAround, checks, dots, print]

/** @param patterned Probability of a pattern. */
export function drawCloth(draws: Draws, patterned: number): Material {
  const saturation = draws.chance(0.4) ? draws.within(0, 0.12) : draws.within(0.15, 1) * draws.within(0.3, 0.85)
  const color = colorOf(draws.within(0, 1), saturation, draws.within(0.12, 0.95))
  const pattern = draws.chance(patterned) ? draws.one(PATTERNS)(draws) : undefined
  return { color, gloss: draws.chance(0.15) ? 0.15 : 0, ...(pattern && { shadeAt: pattern }) }
}

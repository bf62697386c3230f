import { describeValue, InputError } from '@onebit/core'
import type { Color } from './paint.ts'

/** Step of the hue from class to class, as a share of a turn. Multiples of the golden ratio lie as far apart as possible. */
const GOLDEN_RATIO = 0.618033988749895

/** Red, green or blue of a hue from 0 to 1, at full saturation, each 0 to 1. */
const component = (hue: number, offset: number): number =>
  Math.max(0, Math.min(1, Math.abs(((((hue + offset) % 1) + 1) % 1) * 6 - 3) - 1))

/** The color of a class, the same in every picture. Its hue is far from those of earlier classes, in one of three lightnesses. */
export function classColor(index: number): Color {
  if (!(Number.isInteger(index) && index >= 0)) {
    throw new InputError({
      what: 'There is no such class.',
      expected: 'an integer of at least 0',
      received: describeValue(index),
    })
  }
  const hue = (0.02 + index * GOLDEN_RATIO) % 1
  const [dark, light] = [
    [30, 235],
    [0, 175],
    [95, 255],
  ][index % 3]
  const at = (offset: number): number => Math.round(dark + (light - dark) * component(hue, offset))
  return [at(0), at(2 / 3), at(1 / 3)]
}

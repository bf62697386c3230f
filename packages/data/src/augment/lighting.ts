/**
 * Lighting, also called PCA noise or fancy PCA. All pixels move along the axes in which ImageNet's colors vary most.
 *
 *   p' = p + 255 sum over the axes k of a_k l_k e_k,  a_k normal with the standard deviation `deviation`; rounded and clamped to 0..255
 *
 * with the axes e_k of ImageNet's colors and the numbers l_k of the released code of Facebook's ResNets for Torch, which one-bit
 * papers took over. A gray picture gets the mean of the three shifts; alpha stays.
 *
 * Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks (NIPS 2012), section 4.1.
 */
import { checkArguments, checkOptions, rules } from '@onebit/core'
import { type Picture, pictureRules } from '@onebit/image'
import * as argument from '../argument-rules.ts'
import type { Random } from '../random.ts'

export interface LightingOptions {
  /** Standard deviation of the share of each axis, at least 0. Default: 0.1. */
  deviation?: number
}

/** The numbers l_k, for colors between 0 and 1. */
const LENGTHS = [0.2175, 0.0188, 0.0045]
/** Rows are red, green and blue; columns the axes. */
const AXES = [
  [-0.5675, 0.7192, 0.4009],
  [-0.5808, -0.0045, -0.814],
  [-0.5836, -0.6948, 0.4203],
]

/** One number from a standard normal distribution, from two of the generator: Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
}

/** The shift of red, green and blue. @param shares The share a_k of each axis. */
export function lightingShift(shares: readonly number[]): number[] {
  return AXES.map((row) => 255 * row.reduce((sum, entry, axis) => sum + entry * LENGTHS[axis] * shares[axis], 0))
}

/** The picture in another light. Draws six numbers. */
export function lighting(image: Picture, options: LightingOptions, random: Random): Picture {
  checkArguments('lighting()', { image: [image, pictureRules.picture], random: [random, argument.random] })
  const { deviation = 0.1 } = checkOptions('lighting()', options, { deviation: rules.number({ minimum: 0 }) })
  const { data, channels, ...picture } = image
  const shift = lightingShift(LENGTHS.map(() => deviation * normal(random)))
  const added = channels === 1 ? [(shift[0] + shift[1] + shift[2]) / 3] : shift
  const result = Uint8ClampedArray.from(data, (value, index) => value + (added[index % channels] ?? 0))
  return { ...picture, channels, data: new Uint8Array(result.buffer) }
}

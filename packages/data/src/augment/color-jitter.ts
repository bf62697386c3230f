/**
 * Color jitter. The factors b, c and s are drawn uniformly from 1 +- brightness, 1 +- contrast and 1 +- saturation (not below 0),
 * and an angle h from +- hue. Y(p) is the luma of a pixel p (ITU-R BT.601), and m is the mean luma of the image:
 *
 *   p' = b (c rotate(Y(p) + s (p - Y(p)), h) + (1 - c) m),   rounded and clamped to 0..255 once, at the end
 *
 * `rotate` turns the chroma plane of YIQ, which keeps luma. All steps are affine and commute, so their order does not matter, and
 * one 3x4 matrix does everything. Gray images only use brightness and contrast. Alpha does not change.
 *
 * Howard, "Some Improvements on Deep Convolutional Neural Network Based Image Classification", arXiv:1312.5402.
 */
import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import { type Picture, pictureRules } from '@onebit/image'
import * as argument from '../argument-rules.ts'
import type { Random } from '../random.ts'

export interface ColorJitterOptions {
  /** Largest change of the factor from 1; at least 0. Default: 0. */
  brightness?: number
  /** Largest change of the factor from 1; at least 0. Default: 0. */
  contrast?: number
  /** Largest change of the factor from 1; at least 0. Default: 0. */
  saturation?: number
  /** Largest angle in degrees, 0 to 180. Default: 0. */
  hue?: number
}

/** Factors, and the angle in degrees. The values 1, 1, 1 and 0 change nothing. */
export interface ColorChange {
  brightness: number
  contrast: number
  saturation: number
  hue: number
}

const change = rules.number({ minimum: 0 })
const OPTIONS: ValueRules<keyof ColorJitterOptions> = {
  brightness: change,
  contrast: change,
  saturation: change,
  hue: rules.number({ minimum: 0, maximum: 180 }),
}
const CHANGE: ValueRules<keyof ColorChange> = { brightness: change, contrast: change, saturation: change, hue: rules.number() }

/** The image in other light. Draws four numbers. */
export function colorJitter(image: Picture, options: ColorJitterOptions, random: Random): Picture {
  checkArguments('colorJitter()', { image: [image, pictureRules.picture], random: [random, argument.random] })
  const { brightness, contrast, saturation, hue } = checkOptions('colorJitter()', options, OPTIONS)
  const around = (center: number, change = 0): number => center + change * (2 * random.uniform() - 1)
  const factor = (change?: number): number => Math.max(0, around(1, change))
  return changeColors(image, {
    brightness: factor(brightness),
    contrast: factor(contrast),
    saturation: factor(saturation),
    hue: around(0, hue),
  })
}

/** Changes the colors of an image by the given factors and angle. */
export function changeColors(image: Picture, change: ColorChange): Picture {
  checkArguments('changeColors()', { image: [image, pictureRules.picture] })
  checkOptions('changeColors()', change, CHANGE, ['brightness', 'contrast', 'saturation', 'hue'])
  return image.channels === 1 ? changeGray(image, change) : changeRgb(image, change)
}

function changeGray(image: Picture, { brightness, contrast }: ColorChange): Picture {
  const mean = image.data.reduce((sum, value) => sum + value, 0) / image.data.length
  const values = Uint8ClampedArray.from({ length: 256 }, (_, value) => brightness * (contrast * value + (1 - contrast) * mean))
  return { ...image, data: Uint8Array.from(image.data, (value) => values[value]) }
}

const LUMA = [0.299, 0.587, 0.114]
/** I and Q of red, green and blue; then red, green and blue of I and Q. */
const IN_PHASE = [0.5959, -0.2746, -0.3213]
const QUADRATURE = [0.2115, -0.5227, 0.3112]
const FROM_IN_PHASE = [0.956, -0.272, -1.106]
const FROM_QUADRATURE = [0.619, -0.647, 1.703]

/** Rows of the 3x3 matrix that scales and turns the chroma. */
function chromaMatrix(saturation: number, hue: number): number[][] {
  if (hue === 0) {
    return LUMA.map((_, row) => LUMA.map((luma, column) => (1 - saturation) * luma + (row === column ? saturation : 0)))
  }
  const cosine = saturation * Math.cos((hue * Math.PI) / 180)
  const sine = saturation * Math.sin((hue * Math.PI) / 180)
  return LUMA.map((_, row) =>
    LUMA.map((luma, column) => {
      const inPhase = cosine * IN_PHASE[column] - sine * QUADRATURE[column]
      const quadrature = sine * IN_PHASE[column] + cosine * QUADRATURE[column]
      return luma + FROM_IN_PHASE[row] * inPhase + FROM_QUADRATURE[row] * quadrature
    }),
  )
}

function changeRgb(image: Picture, { brightness, contrast, saturation, hue }: ColorChange): Picture {
  const { data, channels } = image
  const [[a, b, c], [d, e, f], [g, h, i]] = chromaMatrix(saturation, hue).map((row) =>
    row.map((value) => value * contrast * brightness),
  )
  const offset = contrast === 1 ? 0 : brightness * (1 - contrast) * meanLuma(image)
  const result = new Uint8ClampedArray(data.length)
  for (let index = 0; index < data.length; index += channels) {
    const red = data[index]
    const green = data[index + 1]
    const blue = data[index + 2]
    result[index] = a * red + b * green + c * blue + offset
    result[index + 1] = d * red + e * green + f * blue + offset
    result[index + 2] = g * red + h * green + i * blue + offset
    if (channels === 4) result[index + 3] = data[index + 3]
  }
  return { ...image, data: new Uint8Array(result.buffer) }
}

function meanLuma({ data, channels }: Picture): number {
  let red = 0
  let green = 0
  let blue = 0
  for (let index = 0; index < data.length; index += channels) {
    red += data[index]
    green += data[index + 1]
    blue += data[index + 2]
  }
  return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) / (data.length / channels)
}

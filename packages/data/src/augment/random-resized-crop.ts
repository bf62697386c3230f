/**
 * Random resized crop. It draws a box whose share of the image's area is uniform in `scale`, and whose ratio of width to height
 * has a uniform logarithm in `ratio`, at a random position. Then it scales the box to the given size. If ten boxes do not fit, it
 * takes the largest box with a permitted ratio in the center.
 *
 * Szegedy et al., "Going Deeper with Convolutions", arXiv:1409.4842 (area 8 % to 100 %, ratio 3/4 to 4/3).
 */
import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import { heightAndWidth, type Picture, pictureRules, type Rectangle, resample, type Size } from '@onebit/image'
import * as argument from '../argument-rules.ts'
import type { Random } from '../random.ts'
import { requireRange } from '../require-option.ts'

export interface RandomResizedCropOptions {
  /** Size of the result. */
  size: Size
  /** Smallest and largest share of the image's area, above 0 to 1. Default: [0.08, 1]. */
  scale?: readonly [number, number]
  /** Smallest and largest ratio of width to height. Default: [3/4, 4/3]. */
  ratio?: readonly [number, number]
}

const range = rules.list(rules.number(), { length: 2 })
/** `heightAndWidth` checks the size. */
const OPTIONS: ValueRules<keyof RandomResizedCropOptions> = { size: rules.anything, scale: range, ratio: range }

const ATTEMPTS = 10

/** Throws `OptionError` on options that cannot be used. */
export function checkRandomResizedCrop(options: RandomResizedCropOptions): void {
  const { size, scale = [1, 1], ratio = [1, 1] } = checkOptions('randomResizedCrop()', options, OPTIONS, ['size'])
  heightAndWidth(size)
  requireRange('scale', scale, Number.MIN_VALUE, 1)
  requireRange('ratio', ratio, Number.MIN_VALUE, Number.MAX_VALUE)
}

/** Scales a box of the image. Draws four numbers for each box that it tries. */
export function randomResizedCrop(image: Picture, options: RandomResizedCropOptions, random: Random): Picture {
  checkArguments('randomResizedCrop()', { image: [image, pictureRules.picture], random: [random, argument.random] })
  checkRandomResizedCrop(options)
  const [height, width] = heightAndWidth(options.size)
  return resample(image, { from: drawBox(image, options, random), height, width })
}

/** The box that `randomResizedCrop` scales. */
export function drawBox(image: Picture, options: RandomResizedCropOptions, random: Random): Rectangle {
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3] } = options
  const [lowest, highest] = ratio.map(Math.log)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = image.height * image.width * (scale[0] + (scale[1] - scale[0]) * random.uniform())
    const drawnRatio = Math.exp(lowest + (highest - lowest) * random.uniform())
    const width = Math.round(Math.sqrt(area * drawnRatio))
    const height = Math.round(Math.sqrt(area / drawnRatio))
    const top = random.uniform()
    const left = random.uniform()
    if (width < 1 || height < 1 || width > image.width || height > image.height) continue
    return {
      top: Math.floor(top * (image.height - height + 1)),
      left: Math.floor(left * (image.width - width + 1)),
      height,
      width,
    }
  }
  const permitted = Math.min(ratio[1], Math.max(ratio[0], image.width / image.height))
  const width = Math.max(1, Math.min(image.width, Math.round(image.height * permitted)))
  const height = Math.max(1, Math.min(image.height, Math.round(image.width / permitted)))
  return { top: (image.height - height) >> 1, left: (image.width - width) >> 1, height, width }
}

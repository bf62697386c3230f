import { checkArguments, checkOptions, InputError, rules, type ValueRules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import type { Picture } from '../picture.ts'
import { classColor } from './class-colors.ts'
import { type Color, painter } from './paint.ts'

export interface MaskOptions {
  /** 0 to 1. Default: 0.5. */
  readonly opacity?: number
  /** Color of each class. Default: `classColor`. */
  readonly color?: (index: number) => Color
  /** Classes that keep the picture's color, such as the background or unlabeled pixels. Default: none. */
  readonly leaveOut?: readonly number[]
}

const OPTIONS: ValueRules<keyof MaskOptions> = {
  opacity: argument.opacity,
  color: rules.callback,
  leaveOut: rules.list(rules.integer({ minimum: 0 })),
}

/**
 * Colors each pixel by its class.
 * @param classes `[height, width]` of the picture, integers of at least 0.
 * @throws InputError unless there is one class for each pixel.
 */
export function drawMask(picture: Picture, classes: ArrayLike<number>, options: MaskOptions = {}): void {
  checkArguments('drawMask()', { picture: [picture, argument.picture], classes: [classes, rules.numbers] })
  const { opacity = 0.5, color = classColor, leaveOut = [] } = checkOptions('drawMask()', options, OPTIONS)
  const { width, height } = picture
  if (classes.length !== width * height) {
    throw new InputError({
      what: 'The mask does not fit the picture.',
      expected: `${height} x ${width} classes`,
      received: `${classes.length}`,
      fix: "Move the mask to the picture's size first: `warp` with interpolation 'nearest'.",
    })
  }
  const colorOf = (index: number): Color => {
    const own = color(index)
    checkArguments('drawMask()', { [`color(${index})`]: [own, argument.color] })
    return own
  }
  const paints = new Map(leaveOut.map((index) => [index, () => {}] as [number, ReturnType<typeof painter>]))
  for (let pixel = 0; pixel < classes.length; pixel++) {
    const index = classes[pixel]
    if (!paints.has(index)) paints.set(index, painter(picture, colorOf(index), opacity))
    paints.get(index)!(pixel % width, Math.floor(pixel / width), 1)
  }
}

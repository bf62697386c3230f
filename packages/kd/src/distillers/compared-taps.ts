/** Checks that taps can be compared, by their shapes, before the first step. */
import { OptionError, type TapShapes } from '@onebit/core'

const shapeText = (shape: readonly number[]): string => shape.join('x')

/** @throws OptionError on a tap that is not a map of height, width and channels. */
export function requireMaps(distiller: string, { student, teacher }: TapShapes): void {
  for (const [side, shapes] of Object.entries({ student, teacher })) {
    for (const [tap, shape] of Object.entries(shapes)) {
      if (shape.length === 3) continue
      throw new OptionError({
        option: 'taps',
        what: `The distiller '${distiller}' compares maps, and '${tap}' of the ${side} is none.`,
        expected: 'a value of height, width and channels',
        received: `one of ${shapeText(shape)}`,
        fix: 'Tap the end of a block or of a convolution.',
      })
    }
  }
}

/** @throws OptionError on a tap that is a map on one side and a vector on the other, or neither. */
export function requireSameRank(distiller: string, { student, teacher }: TapShapes): void {
  for (const [tap, shape] of Object.entries(student)) {
    const other = teacher[tap]
    if (shape.length === other.length && (shape.length === 1 || shape.length === 3)) continue
    throw new OptionError({
      option: 'taps',
      what: `The distiller '${distiller}' cannot compare the tap '${tap}' of student and teacher.`,
      expected: 'two maps of height, width and channels, or two vectors',
      received: `${shapeText(shape)} and ${shapeText(other)}`,
    })
  }
}

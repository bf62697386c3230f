/** Limits of picture sizes. They are checked before memory is allocated, so that a bad file does not end the process. */
import { describeValue, OptionError } from '@onebit/core'
import { PictureError } from './picture-error.ts'

/** The longest side that a size or `shorterSide` may ask for, in pixels. Pictures themselves may be longer. */
export const LONGEST_SIDE = 16_384

/** The most pixels of one picture: 2^28, which is 16,384 x 16,384. */
export const MOST_PIXELS = 2 ** 28

/** @throws PictureError with reason `empty` unless both are integers of at least 1; `too-large` above `MOST_PIXELS`. */
export function requirePixels(width: number, height: number): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    throw new PictureError({
      reason: 'empty',
      what: 'The picture has no pixels.',
      expected: 'a width and a height that are integers of at least 1',
      received: `${describeValue(width)} x ${describeValue(height)}`,
    })
  }
  if (width * height <= MOST_PIXELS) return
  throw new PictureError({
    reason: 'too-large',
    what: 'The picture is too large.',
    expected: `at most ${MOST_PIXELS} pixels`,
    received: `${width} x ${height} (width x height)`,
    fix: 'Reduce it first.',
  })
}

/** @throws OptionError unless the value is an integer from 1 to `LONGEST_SIDE`. */
export function requireSide(name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LONGEST_SIDE) return
  throw new OptionError({
    what: `The ${name} cannot be used.`,
    expected: `an integer from 1 to ${LONGEST_SIDE}`,
    received: describeValue(value),
  })
}

/**
 * `[height, width]` of a size.
 * @throws OptionError unless the size is one or two sides, each an integer from 1 to `LONGEST_SIDE`.
 */
export function heightAndWidth(size: unknown): readonly [height: number, width: number] {
  const sides = Array.isArray(size) ? size : [size, size]
  if (sides.length !== 2) {
    throw new OptionError({
      what: 'The size cannot be used.',
      expected: 'pixels, or [height, width]',
      received: describeValue(size),
    })
  }
  requireSide('height', sides[0])
  requireSide('width', sides[1])
  return [sides[0], sides[1]]
}

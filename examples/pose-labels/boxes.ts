/** Boxes around people. */
import { crop as cut, inOrder, inverse, movePoint, type Picture, resize, scaling, translation } from '@onebit/image'

/** `[left, top, width, height]` in pixels, as in COCO. */
export type Box = readonly [left: number, top: number, width: number, height: number]

/** A square part of a picture at a network's size. */
export interface SquareCrop {
  readonly picture: Picture
  /** The place in the whole picture of a place in the crop. Both are in pixels. */
  toPicture(x: number, y: number): readonly [x: number, y: number]
  /** The inverse of it. */
  toCrop(x: number, y: number): readonly [x: number, y: number]
}

/** Size of a crop divided by that of the person's box, as in SimpleBaseline and in the data sets of `@onebit/data`. */
const MARGIN = 1.25

/** The square of whole pixels around a box, at `size` x `size`. Pixels outside the picture are black. */
export function squareAround(picture: Picture, [left, top, width, height]: Box, size: number): SquareCrop {
  const side = Math.max(1, Math.round(MARGIN * Math.max(width, height)))
  const [x, y] = [Math.round(left + width / 2 - side / 2), Math.round(top + height / 2 - side / 2)]
  const square = cut(picture, { left: x, top: y, width: side, height: side })
  const toPicture = inOrder(scaling(side / size), translation(x, y))
  const toCrop = inverse(toPicture)
  return {
    picture: resize(square, { size, mode: 'stretch' }),
    toPicture: (column, row) => movePoint(toPicture, column, row),
    toCrop: (column, row) => movePoint(toCrop, column, row),
  }
}

/** Area of the part that both boxes share, divided by that of the smaller one, 0 to 1. */
export function overlap(first: Box, second: Box): number {
  const shared = [0, 1].map((axis) => {
    const end = Math.min(first[axis] + first[axis + 2], second[axis] + second[axis + 2])
    return Math.max(0, end - Math.max(first[axis], second[axis]))
  })
  return (shared[0] * shared[1]) / Math.min(first[2] * first[3], second[2] * second[3])
}

export function isInside([left, top, width, height]: Box, x: number, y: number): boolean {
  return x >= left && x < left + width && y >= top && y < top + height
}

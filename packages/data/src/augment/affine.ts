/** Affine maps by which annotations follow their picture; pixel centers are at halves, so that a mirror takes x to width - x. */
import type { Affine } from '@onebit/core'

/** Moves every point by (x, y). */
export const translation = (x: number, y: number): Affine => [1, 0, x, 0, 1, y]

/** Left and right of a picture exchanged. */
export const horizontalMirror = (width: number): Affine => [-1, 0, width, 0, 1, 0]

/** A rectangle of a picture scaled to `height` x `width`. */
export function scaledBox(
  box: { top: number; left: number; height: number; width: number },
  height: number,
  width: number,
): Affine {
  const [x, y] = [width / box.width, height / box.height]
  return [x, 0, -box.left * x, 0, y, -box.top * y]
}

/** Turns counterclockwise, as one sees it, by degrees around a point. */
export function rotation(degrees: number, x: number, y: number): Affine {
  const angle = (degrees * Math.PI) / 180
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  return [cosine, sine, x - cosine * x - sine * y, -sine, cosine, y + sine * x - cosine * y]
}

/** One map that does both, `first` first. */
export function inOrder([a, b, c, d, e, f]: Affine, [p, q, r, s, t, u]: Affine): Affine {
  return [p * a + q * d, p * b + q * e, p * c + q * f + r, s * a + t * d, s * b + t * e, s * c + t * f + u]
}

/** The way back of a map that is no projection: its determinant is not 0. */
export function inverse([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d
  return [
    e / determinant,
    -b / determinant,
    (b * f - c * e) / determinant,
    -d / determinant,
    a / determinant,
    (c * d - a * f) / determinant,
  ]
}

/**
 * Affine maps of the plane. They move pictures, keypoints and boxes together.
 *
 * Coordinates are continuous: x to the right, y down, in pixels. The pixel in column i and row j covers [i, i + 1) x [j, j + 1);
 * its center is (i + 0.5, j + 0.5). So a picture of width w reaches from 0 to w at every scale, and a flip maps x to w - x.
 */
import { type Affine, checkArguments, IDENTITY, InputError, rules } from '@onebit/core'
import * as argument from './argument-rules.ts'
import type { Rectangle } from './picture.ts'

export { type Affine, IDENTITY }

const finite = rules.number()

/** Moves every point by (x, y). */
export function translation(x: number, y: number): Affine {
  checkArguments('translation()', { x: [x, finite], y: [y, finite] })
  return [1, 0, x, 0, 1, y]
}

/** Multiplies coordinates. @param y Default: as `x`. */
export function scaling(x: number, y = x): Affine {
  checkArguments('scaling()', { x: [x, finite], y: [y, finite] })
  return [x, 0, 0, 0, y, 0]
}

/** A counterclockwise turn around a point, in degrees; exact for right angles. */
export function rotation(degrees: number, x = 0, y = 0): Affine {
  checkArguments('rotation()', { degrees: [degrees, finite], x: [x, finite], y: [y, finite] })
  const [cosine, sine] = cosineAndSine(degrees)
  return [cosine, sine, x - cosine * x - sine * y, -sine, cosine, y + sine * x - cosine * y]
}

const RIGHT_ANGLES = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const

function cosineAndSine(degrees: number): readonly [cosine: number, sine: number] {
  const quarters = degrees / 90
  if (Number.isInteger(quarters)) return RIGHT_ANGLES[((quarters % 4) + 4) % 4]
  const angle = (degrees * Math.PI) / 180
  return [Math.cos(angle), Math.sin(angle)]
}

/** Exchanges left and right of a picture. @param width Width of the picture. */
export function horizontalFlip(width: number): Affine {
  checkArguments('horizontalFlip()', { width: [width, finite] })
  return [-1, 0, width, 0, 1, 0]
}

/** Combines maps into one. The first map is applied first. */
export function inOrder(...maps: readonly Affine[]): Affine {
  checkArguments('inOrder()', { maps: [maps, rules.list(argument.affine, { minimum: 1 })] })
  return maps.reduce(([a, b, c, d, e, f], [p, q, r, s, t, u]) => [
    p * a + q * d,
    p * b + q * e,
    p * c + q * f + r,
    s * a + t * d,
    s * b + t * e,
    s * c + t * f + u,
  ])
}

/**
 * The inverse map.
 * @throws InputError if the map takes the plane to a line or a point, or is not finite.
 */
export function inverse(affine: Affine): Affine {
  checkArguments('inverse()', { affine: [affine, argument.affine] })
  const [a, b, c, d, e, f] = affine
  const determinant = a * e - b * d
  if (determinant === 0 || !Number.isFinite(determinant)) {
    throw new InputError({
      what: 'The affine map has no inverse.',
      expected: 'a determinant that is finite and not 0',
      received: `${determinant}`,
    })
  }
  return [
    e / determinant,
    -b / determinant,
    (b * f - c * e) / determinant,
    -d / determinant,
    a / determinant,
    (c * d - a * f) / determinant,
  ]
}

/** The point to which the map moves (x, y). */
export function movePoint([a, b, c, d, e, f]: Affine, x: number, y: number): [x: number, y: number] {
  return [a * x + b * y + c, d * x + e * y + f]
}

/** Moves points `[points, 2]`, x before y, in row-major order. */
export function movePoints(affine: Affine, points: ArrayLike<number>): Float64Array {
  checkArguments('movePoints()', { affine: [affine, argument.affine], points: [points, rules.numbers] })
  const result = new Float64Array(points.length)
  for (let index = 0; index + 1 < points.length; index += 2) {
    const [x, y] = movePoint(affine, points[index], points[index + 1])
    result[index] = x
    result[index + 1] = y
  }
  return result
}

/** The smallest upright rectangle around the moved corners. It is exact if the map only scales, shifts and flips. */
export function moveRectangle(affine: Affine, rectangle: Rectangle): Rectangle {
  checkArguments('moveRectangle()', { affine: [affine, argument.affine], rectangle: [rectangle, argument.rectangle] })
  const { top, left, height, width } = rectangle
  const corners = [
    [left, top],
    [left + width, top],
    [left, top + height],
    [left + width, top + height],
  ].map(([x, y]) => movePoint(affine, x, y))
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
  const [newLeft, newTop] = [Math.min(...xs), Math.min(...ys)]
  return { top: newTop, left: newLeft, height: Math.max(...ys) - newTop, width: Math.max(...xs) - newLeft }
}

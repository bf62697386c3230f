/**
 * Lines, circles and boxes. Coordinates are continuous, like those of `Affine`: pixel (0, 0) has its center at (0.5, 0.5). Edges
 * are smooth over one pixel: coverage grows with the depth of the pixel's center inside the shape.
 */
import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import type { Picture, Rectangle } from '../picture.ts'
import { type Color, painter, pixelsNear } from './paint.ts'

export type Point = readonly [x: number, y: number]

export interface StrokeOptions {
  readonly color: Color
  /** Width of the line in pixels, above 0. Default: 1. */
  readonly width?: number
  /** 0 to 1. Default: 1. */
  readonly opacity?: number
}

const STROKE: ValueRules<keyof StrokeOptions> = {
  color: argument.color,
  width: rules.number({ minimum: 0 }),
  opacity: argument.opacity,
}

/** A straight line with round ends. A point that is infinite or NaN draws nothing. */
export function drawLine(picture: Picture, from: Point, to: Point, options: StrokeOptions): void {
  checkArguments('drawLine()', { picture: [picture, argument.picture], from: [from, argument.point], to: [to, argument.point] })
  const { color, width = 1, opacity } = checkOptions('drawLine()', options, STROKE, ['color'])
  const [x1, y1] = from
  const [x2, y2] = to
  const paint = painter(picture, color, opacity)
  const radius = width / 2
  const [dx, dy] = [x2 - x1, y2 - y1]
  const squared = dx * dx + dy * dy
  const [firstRow, endRow] = pixelsNear(y1, y2, radius + 1, picture.height)
  const [firstColumn, endColumn] = pixelsNear(x1, x2, radius + 1, picture.width)
  for (let row = firstRow; row < endRow; row++) {
    for (let column = firstColumn; column < endColumn; column++) {
      const [x, y] = [column + 0.5 - x1, row + 0.5 - y1]
      const along = squared === 0 ? 0 : Math.max(0, Math.min(1, (x * dx + y * dy) / squared))
      paint(column, row, radius + 0.5 - Math.hypot(x - along * dx, y - along * dy))
    }
  }
}

/** Lines from each point to the next, and from the last to the first if `closed`. */
export function drawPolyline(
  picture: Picture,
  points: readonly Point[],
  options: StrokeOptions & { readonly closed?: boolean },
): void {
  checkArguments('drawPolyline()', { picture: [picture, argument.picture], points: [points, rules.list(argument.point)] })
  const { closed = false, ...stroke } = checkOptions('drawPolyline()', options, { ...STROKE, closed: rules.boolean }, ['color'])
  for (let index = 1; index < points.length; index++) drawLine(picture, points[index - 1], points[index], stroke)
  if (closed && points.length > 2) drawLine(picture, points[points.length - 1], points[0], stroke)
}

export interface CircleOptions extends StrokeOptions {
  /** Radius in pixels, from the center to the middle of the line. */
  readonly radius: number
  /** Fills the inside too. Default: false. */
  readonly filled?: boolean
}

const CIRCLE: ValueRules<keyof CircleOptions> = { ...STROKE, radius: rules.number({ minimum: 0 }), filled: rules.boolean }

export function drawCircle(picture: Picture, center: Point, options: CircleOptions): void {
  checkArguments('drawCircle()', { picture: [picture, argument.picture], center: [center, argument.point] })
  const { radius, filled, color, width = 1, opacity } = checkOptions('drawCircle()', options, CIRCLE, ['color', 'radius'])
  const [x, y] = center
  const paint = painter(picture, color, opacity)
  const outer = radius + width / 2
  const [firstRow, endRow] = pixelsNear(y, y, outer + 1, picture.height)
  const [firstColumn, endColumn] = pixelsNear(x, x, outer + 1, picture.width)
  for (let row = firstRow; row < endRow; row++) {
    for (let column = firstColumn; column < endColumn; column++) {
      const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y)
      paint(column, row, 0.5 + (filled ? outer - distance : width / 2 - Math.abs(distance - radius)))
    }
  }
}

/** A filled upright rectangle. Pixels at its edges get the color by their covered share. */
export function fillBox(picture: Picture, box: Rectangle, color: Color, opacity?: number): void {
  checkArguments('fillBox()', {
    picture: [picture, argument.picture],
    box: [box, argument.anyRectangle],
    color: [color, argument.color],
    opacity: [opacity, rules.optional(argument.opacity)],
  })
  const { top, left, height, width } = box
  const paint = painter(picture, color, opacity)
  const covered = (pixel: number, from: number, to: number): number => Math.min(pixel + 1, to) - Math.max(pixel, from)
  const [firstRow, endRow] = pixelsNear(top, top + height, 0, picture.height)
  const [firstColumn, endColumn] = pixelsNear(left, left + width, 0, picture.width)
  for (let row = firstRow; row < endRow; row++) {
    const share = covered(row, top, top + height)
    for (let column = firstColumn; column < endColumn; column++) {
      paint(column, row, share * Math.max(0, covered(column, left, left + width)))
    }
  }
}

/** The outline of an upright rectangle, its line half inside and half outside. */
export function drawBox(picture: Picture, box: Rectangle, options: StrokeOptions): void {
  checkArguments('drawBox()', { picture: [picture, argument.picture], box: [box, argument.anyRectangle] })
  const { color, width = 1, opacity } = checkOptions('drawBox()', options, STROKE, ['color'])
  const half = width / 2
  const [top, left] = [box.top - half, box.left - half]
  const [height, wide] = [box.height + width, box.width + width]
  const between = Math.max(0, height - 2 * width)
  fillBox(picture, { top, left, height: Math.min(width, height), width: wide }, color, opacity)
  fillBox(picture, { top: top + height - width, left, height: width, width: wide }, color, opacity)
  fillBox(picture, { top: top + width, left, height: between, width }, color, opacity)
  fillBox(picture, { top: top + width, left: left + wide - width, height: between, width }, color, opacity)
}

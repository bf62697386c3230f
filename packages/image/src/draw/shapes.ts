/**
 * Lines, circles and boxes. Coordinates are continuous, as those of `Affine`: pixel (0, 0) has its center at (0.5, 0.5). Edges are
 * smooth: a pixel is covered by as much as its center lies within the shape, half a pixel to either side.
 */
import type { Picture, Rectangle } from '../picture.ts'
import { type Color, painter, pixelsNear } from './paint.ts'

export type Point = readonly [x: number, y: number]

export interface StrokeOptions {
  readonly color: Color
  /** In pixels, above 0. Default: 1. */
  readonly width?: number
  /** 0 to 1. Default: 1. */
  readonly opacity?: number
}

/** A straight line with round ends. A point that is not finite draws nothing. */
export function drawLine(picture: Picture, [x1, y1]: Point, [x2, y2]: Point, { color, width = 1, opacity }: StrokeOptions): void {
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
  for (let index = 1; index < points.length; index++) drawLine(picture, points[index - 1], points[index], options)
  if (options.closed && points.length > 2) drawLine(picture, points[points.length - 1], points[0], options)
}

export interface CircleOptions extends StrokeOptions {
  /** In pixels, from the center to the middle of the line. */
  readonly radius: number
  /** The inside too. Default: false. */
  readonly filled?: boolean
}

export function drawCircle(picture: Picture, [x, y]: Point, { radius, filled, color, width = 1, opacity }: CircleOptions): void {
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

/** A filled upright rectangle; pixels at its edges get the color by the share of their area that it covers. */
export function fillBox(picture: Picture, { top, left, height, width }: Rectangle, color: Color, opacity?: number): void {
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
export function drawBox(picture: Picture, box: Rectangle, { color, width = 1, opacity }: StrokeOptions): void {
  const half = width / 2
  const [top, left] = [box.top - half, box.left - half]
  const [height, wide] = [box.height + width, box.width + width]
  const between = Math.max(0, height - 2 * width)
  fillBox(picture, { top, left, height: Math.min(width, height), width: wide }, color, opacity)
  fillBox(picture, { top: top + height - width, left, height: width, width: wide }, color, opacity)
  fillBox(picture, { top: top + width, left, height: between, width }, color, opacity)
  fillBox(picture, { top: top + width, left: left + wide - width, height: between, width }, color, opacity)
}

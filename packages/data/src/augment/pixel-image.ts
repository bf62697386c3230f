import { requireInteger } from '../require-option.ts'

/** One image as bytes. */
export interface PixelImage {
  /** `[height, width, channels]` in row-major order, 0 to 255. */
  data: Uint8Array<ArrayBuffer>
  height: number
  width: number
  /** 1: gray; 3: red, green, blue. */
  channels: number
}

/** Height and width in pixels; one number means a square. */
export type Size = number | readonly [height: number, width: number]

/** A rectangle of an image in pixels; all may be fractions. */
export interface Box {
  top: number
  left: number
  height: number
  width: number
}

/** `[height, width]`. Throws `OptionError` unless both are integers of at least 1. */
export function heightAndWidth(size: Size): readonly [height: number, width: number] {
  const [height, width] = Array.isArray(size) ? size : [size, size]
  requireInteger('height', height, 1)
  requireInteger('width', width, 1)
  return [height, width]
}

/** An image of one value. */
export function filledImage(height: number, width: number, channels: number, fill: number): PixelImage {
  const data = new Uint8Array(height * width * channels)
  if (fill !== 0) data.fill(fill)
  return { data, height, width, channels }
}

/** The `height` x `width` pixels from row `top` and column `left` on; what lies outside the image is `fill`. */
export function cut(image: PixelImage, top: number, left: number, height: number, width: number, fill = 0): PixelImage {
  const { channels } = image
  const result = filledImage(height, width, channels, fill)
  const firstRow = Math.max(0, -top)
  const lastRow = Math.min(height, image.height - top)
  const firstColumn = Math.max(0, -left)
  const columns = Math.min(width, image.width - left) - firstColumn
  if (columns <= 0) return result
  for (let row = firstRow; row < lastRow; row++) {
    const start = ((row + top) * image.width + firstColumn + left) * channels
    result.data.set(image.data.subarray(start, start + columns * channels), (row * width + firstColumn) * channels)
  }
  return result
}

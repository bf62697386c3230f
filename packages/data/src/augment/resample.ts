/**
 * Separable resampling with a triangle filter. Enlarging, it is bilinear interpolation; reducing, the triangle is as wide as the
 * reduction asks for, so that fine patterns do not alias. Pixel centers are at half integers; weights are normalized at edges.
 */
import { type Box, filledImage, type PixelImage } from './pixel-image.ts'

/** For each place of the result: the first place of the source under its triangle, and `taps` weights from there on. */
interface Filter {
  first: Int32Array
  weights: Float32Array
  taps: number
}

function filter(start: number, length: number, sourceSize: number, size: number): Filter {
  const scale = length / size
  const support = Math.max(1, scale)
  const taps = Math.min(sourceSize, Math.ceil(2 * support))
  const first = new Int32Array(size)
  const weights = new Float32Array(size * taps)
  for (let place = 0; place < size; place++) {
    const center = start + (place + 0.5) * scale
    first[place] = Math.max(0, Math.min(sourceSize - taps, Math.floor(center - support + 0.5)))
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const weight = Math.max(0, 1 - Math.abs(first[place] + tap + 0.5 - center) / support)
      weights[place * taps + tap] = weight
      sum += weight
    }
    for (let tap = 0; tap < taps; tap++) weights[place * taps + tap] /= sum
  }
  return { first, weights, taps }
}

/** The box of the image, scaled to `height` x `width`. The box has an area and lies within the image. */
export function resample(image: PixelImage, box: Box, height: number, width: number): PixelImage {
  const { channels } = image
  const columns = filter(box.left, box.width, image.width, width)
  const rows = filter(box.top, box.height, image.height, height)
  const scaleRow = channels === 3 ? scaleColorRow : scaleRowOf(channels)
  const rowLength = width * channels
  const firstRow = rows.first[0]
  const lastRow = rows.first[height - 1] + rows.taps
  const scaled = new Float32Array((lastRow - firstRow) * rowLength)
  for (let row = firstRow; row < lastRow; row++) {
    scaleRow(image.data, row * image.width * channels, columns, scaled, (row - firstRow) * rowLength)
  }
  const result = filledImage(height, width, channels, 0)
  for (let row = 0; row < height; row++) {
    const weights = rows.weights.subarray(row * rows.taps, (row + 1) * rows.taps)
    addRows(scaled, (rows.first[row] - firstRow) * rowLength, weights, rowLength, result.data, row * rowLength)
  }
  return result
}

/** Scales one row of the source, from `start` on, and writes it to `target`, from `at` on. */
type ScaleRow = (source: Uint8Array, start: number, columns: Filter, target: Float32Array, at: number) => void

/** Of three channels; written out, because this loop takes most of the time of an augmentation. */
const scaleColorRow: ScaleRow = (source, start, { first, weights, taps }, target, at) => {
  let place = at
  for (let column = 0, tap = 0; column < first.length; column++, place += 3) {
    let red = 0
    let green = 0
    let blue = 0
    let pixel = start + 3 * first[column]
    for (const end = tap + taps; tap < end; tap++, pixel += 3) {
      const weight = weights[tap]
      red += weight * source[pixel]
      green += weight * source[pixel + 1]
      blue += weight * source[pixel + 2]
    }
    target[place] = red
    target[place + 1] = green
    target[place + 2] = blue
  }
}

const scaleRowOf =
  (channels: number): ScaleRow =>
  (source, start, { first, weights, taps }, target, at) => {
    let place = at
    for (let column = 0; column < first.length; column++) {
      for (let channel = 0; channel < channels; channel++, place++) {
        let sum = 0
        let pixel = start + first[column] * channels + channel
        for (let tap = column * taps; tap < (column + 1) * taps; tap++, pixel += channels) sum += weights[tap] * source[pixel]
        target[place] = sum
      }
    }
  }

/** The weighted sum of rows that follow each other from `start` on, rounded. Two are written out: images that are enlarged. */
function addRows(rows: Float32Array, start: number, weights: Float32Array, length: number, target: Uint8Array, at: number): void {
  if (weights.length === 2) {
    const [upper, lower] = weights
    for (let place = 0; place < length; place++) {
      target[at + place] = 0.5 + upper * rows[start + place] + lower * rows[start + length + place]
    }
    return
  }
  for (let place = 0; place < length; place++) {
    let sum = 0.5
    let source = start + place
    for (let tap = 0; tap < weights.length; tap++, source += length) sum += weights[tap] * rows[source]
    target[at + place] = sum
  }
}

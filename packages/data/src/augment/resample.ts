/**
 * Separable resampling with a triangle filter. Enlarging, it is bilinear interpolation; reducing, the triangle is as wide as the
 * reduction asks for, so that fine patterns do not alias. Pixel centers are at half integers; weights are normalized at edges.
 */
import { type Box, filledImage, type PixelImage } from './pixel-image.ts'

/** For each place of the result: the first place of the source that counts, and `taps` weights from there on. */
interface Filter {
  first: Int32Array
  weights: Float32Array
  taps: number
}

function filter(start: number, length: number, sourceSize: number, size: number): Filter {
  const scale = length / size
  const support = Math.max(1, scale)
  const taps = Math.min(sourceSize, Math.ceil(2 * support) + 1)
  const first = new Int32Array(size)
  const weights = new Float32Array(size * taps)
  for (let place = 0; place < size; place++) {
    const center = start + (place + 0.5) * scale
    first[place] = Math.max(0, Math.min(sourceSize - taps, Math.floor(center - support)))
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
  const firstRow = rows.first[0]
  const rowCount = rows.first[height - 1] + rows.taps - firstRow
  const lines = new Float32Array(rowCount * width * channels)
  for (let row = 0, target = 0; row < rowCount; row++) {
    const line = (row + firstRow) * image.width
    for (let column = 0; column < width; column++) {
      const start = (line + columns.first[column]) * channels
      for (let channel = 0; channel < channels; channel++, target++) {
        let sum = 0
        let source = start + channel
        for (let tap = column * columns.taps; tap < (column + 1) * columns.taps; tap++, source += channels)
          sum += columns.weights[tap] * image.data[source]
        lines[target] = sum
      }
    }
  }
  const result = filledImage(height, width, channels, 0)
  const lineLength = width * channels
  for (let row = 0, target = 0; row < height; row++) {
    const start = (rows.first[row] - firstRow) * lineLength
    for (let place = 0; place < lineLength; place++, target++) {
      let sum = 0.5
      let source = start + place
      for (let tap = row * rows.taps; tap < (row + 1) * rows.taps; tap++, source += lineLength)
        sum += rows.weights[tap] * lines[source]
      result.data[target] = sum
    }
  }
  return result
}

/**
 * Separable resampling with a triangle filter. Rows of the source are scaled one after the other into a ring buffer, which holds
 * the rows that one row of the result needs. So memory grows with the result, not with the source. Only the requested pixels are
 * computed, and each equals the same pixel of the whole result, bit for bit: cropping before scaling gives the same as cropping
 * after it.
 */
import { checkArguments, checkOptions, OptionError, type ValueRules } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { type Background, pixelReader } from './color.ts'
import { blankPicture, type Channels, type Extent, type Picture, type Rectangle } from './picture.ts'
import { type TriangleFilter, triangleFilter } from './triangle-filter.ts'

export interface ResampleOptions {
  /** Height of the scaled `from`, an integer of at least 1. */
  readonly height: number
  readonly width: number
  /** The part of the picture to scale, in its pixels. It has an area and lies within the picture. Default: all of it. */
  readonly from?: Rectangle
  /** The part of the scaled picture to compute, in its pixels: integers, within `height` and `width`. Default: all of it. */
  readonly part?: Rectangle
  /** Channels of the result. `toChannels` converts the picture before it is scaled. Default: the picture's channels. */
  readonly channels?: 1 | 3
  /** Background behind transparent pixels, if the result has no alpha. Default: black. */
  readonly background?: Background
}

const OPTIONS: ValueRules<keyof ResampleOptions> = {
  height: argument.side,
  width: argument.side,
  from: argument.rectangle,
  part: argument.pixelRectangle,
  channels: argument.opaqueChannels,
  background: argument.background,
}

/** Computed edges may differ from the picture's by a rounding error. */
const TOLERANCE = 1e-6

function requireWithin(name: string, { top, left, height, width }: Rectangle, whole: Extent): void {
  const isInside = (start: number, length: number, end: number): boolean =>
    length > 0 && start >= -TOLERANCE && start + length <= end + TOLERANCE
  if (isInside(top, height, whole.height) && isInside(left, width, whole.width)) return
  throw new OptionError({
    what: `resample() refuses its option '${name}'.`,
    expected: `a rectangle with an area, within ${whole.height} x ${whole.width} (height x width)`,
    received: `top ${top}, left ${left}, ${height} x ${width}`,
  })
}

/**
 * Scales the picture, or a part of it, and rounds to bytes once, halves up. Channels are scaled independently, alpha too: lay
 * transparent pictures over a background first.
 */
export function resample(picture: Picture, options: ResampleOptions): Picture {
  checkArguments('resample()', { picture: [picture, argument.picture] })
  const { height, width } = checkOptions('resample()', options, OPTIONS, ['height', 'width'])
  const channels: Channels = options.channels ?? picture.channels
  const { from = whole(picture), part = whole(options) } = options
  requireWithin('from', from, picture)
  requireWithin('part', part, options)
  const columns = triangleFilter(picture.width, { start: from.left, length: from.width }, width, {
    start: part.left,
    length: part.width,
  })
  const rows = triangleFilter(picture.height, { start: from.top, length: from.height }, height, {
    start: part.top,
    length: part.height,
  })
  const result = blankPicture(part.width, part.height, channels)
  const lineLength = part.width * channels
  const ring = Array.from({ length: rows.taps }, () => new Float32Array(lineLength))
  const scaleRow = rowScaler(picture, columns, channels, options.background)
  const sums = new Float64Array(lineLength)
  for (let row = 0, next = 0; row < part.height; row++) {
    const first = rows.first[row]
    for (next = Math.max(next, first); next < first + rows.taps; next++) scaleRow(next, ring[next % rows.taps])
    sums.fill(0.5)
    for (let tap = 0; tap < rows.taps; tap++) addLine(sums, rows.weights[row * rows.taps + tap], ring[(first + tap) % rows.taps])
    result.data.set(sums, row * lineLength)
  }
  return result
}

function whole({ height, width }: Extent): Rectangle {
  return { top: 0, left: 0, height, width }
}

function addLine(sums: Float64Array, weight: number, line: Float32Array): void {
  for (let place = 0; place < sums.length; place++) sums[place] += weight * line[place]
}

/** Scales one row of the picture and writes it to `target`. */
type ScaleRow = (row: number, target: Float32Array) => void

function rowScaler(picture: Picture, columns: TriangleFilter, channels: Channels, background?: Background): ScaleRow {
  const { data, width } = picture
  const scaleLine = channels === 3 ? scaleColorLine : scaleLineOf(channels)
  if (channels === picture.channels) {
    return (row, target) => scaleLine(data, row * width * channels, columns, target)
  }
  const start = columns.first[0]
  const length = columns.first[columns.first.length - 1] + columns.taps - start
  const line = new Uint8Array(length * channels)
  const read = pixelReader(picture, channels as 1 | 3, background)
  return (row, target) => {
    read(row, start, length, line)
    scaleLine(line, -start * channels, columns, target)
  }
}

/** Scales a line. Place 0 is at `start` of the source; `start` may be negative if the source begins later. */
type ScaleLine = (source: Uint8Array, start: number, columns: TriangleFilter, target: Float32Array) => void

/** Scales a line of three channels. It has its own loop, because it takes most of the time. */
const scaleColorLine: ScaleLine = (source, start, { first, weights, taps }, target) => {
  for (let column = 0, tap = 0, place = 0; column < first.length; column++, place += 3) {
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

const scaleLineOf =
  (channels: number): ScaleLine =>
  (source, start, { first, weights, taps }, target) => {
    for (let column = 0, place = 0; column < first.length; column++) {
      for (let channel = 0; channel < channels; channel++, place++) {
        let sum = 0
        let pixel = start + first[column] * channels + channel
        for (let tap = column * taps; tap < (column + 1) * taps; tap++, pixel += channels) sum += weights[tap] * source[pixel]
        target[place] = sum
      }
    }
  }

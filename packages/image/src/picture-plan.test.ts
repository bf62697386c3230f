/** Plans, followed in plain loops, give what `preparePicture` gives. */
import type { PicturePlan, PicturePlanStep } from '@onebit/core'
import { Random, SEED } from '@onebit/testkit/random'
import { describe, expect, test } from 'vitest'
import { toChannels } from './color.ts'
import { type Channels, type Picture, pictureOf } from './picture.ts'
import { picturePlan } from './picture-plan.ts'
import type { Preparation } from './preparation.ts'
import { preparePicture } from './prepare-picture.ts'

interface Plane {
  readonly data: readonly number[]
  readonly width: number
}

function followStep({ columns, rows, frame, top, left, fill }: PicturePlanStep, source: Plane, channels: number): Plane {
  const [width, height] = [columns.first.length, rows.first.length]
  const scaled = (row: number, column: number, channel: number): number => {
    let sum = 0.5
    for (let y = 0; y < rows.taps; y++) {
      let line = 0
      for (let x = 0; x < columns.taps; x++) {
        const pixel = (rows.first[row] + y) * source.width + columns.first[column] + x
        line += columns.weights[column * columns.taps + x] * source.data[pixel * channels + channel]
      }
      sum += rows.weights[row * rows.taps + y] * Math.fround(line)
    }
    return Math.floor(sum)
  }
  const border = (channel: number): number => {
    const pixels = Array.from({ length: height * width }, (_, pixel) => [Math.floor(pixel / width), pixel % width])
    const outermost = pixels.filter(([y, x]) => y === 0 || y === height - 1 || x === 0 || x === width - 1)
    return Math.round(outermost.reduce((sum, [y, x]) => sum + scaled(y, x, channel), 0) / outermost.length)
  }
  const colors = Array.from({ length: channels }, (_, channel) => (fill === 'border' ? border(channel) : fill))
  const data = Array.from({ length: frame.height * frame.width * channels }, (_, index) => {
    const channel = index % channels
    const pixel = (index - channel) / channels
    const [row, column] = [Math.floor(pixel / frame.width) - top, (pixel % frame.width) - left]
    const isInside = row >= 0 && row < height && column >= 0 && column < width
    return isInside ? scaled(row, column, channel) : colors[channel]
  })
  return { data, width: frame.width }
}

function follow({ channels, steps, normalization }: PicturePlan, picture: Picture): Float32Array {
  const { data, width } = toChannels(picture, channels)
  const plane = steps.reduce<Plane>((source, step) => followStep(step, source, channels), { data: [...data], width })
  return Float32Array.from(plane.data, (byte, index) => normalization[(index % channels) * 256 + byte])
}

const PREPARATIONS: readonly (Preparation | undefined)[] = [
  undefined,
  [{ type: 'resize', size: [7, 9] }],
  [{ type: 'resize', size: [7, 9], mode: 'stretch' }],
  [{ type: 'resize', size: [7, 9], mode: 'cover' }],
  [{ type: 'resize', size: [7, 9], fill: 200 }],
  [{ type: 'center-crop', size: [7, 9] }],
  [{ type: 'center-crop', size: [7, 9], shorterSide: 12 }],
  [
    { type: 'resize', size: 16, fill: 'border' },
    { type: 'center-crop', size: [7, 9], shorterSide: 11 },
  ],
]
const normalization = { mean: [0.4, 0.5, 0.6], standardDeviation: [0.2, 0.3, 0.25] }

describe.each(PREPARATIONS.map((preparation) => [preparation] as const))('%j', (preparation) => {
  test(`gives the bits of preparePicture (seed ${SEED})`, () => {
    const random = new Random(SEED)
    for (let trial = 0; trial < 12; trial++) {
      const [width, height] = [random.integer(1, 30), random.integer(1, 30)]
      const channels = random.pick([1, 3, 4] as Channels[])
      const data = Uint8Array.from({ length: width * height * channels }, () => random.integer(0, 255))
      const picture = pictureOf(data, width, height)
      const options = { input: [7, 9, random.pick([1, 3])] }
      const own = options.input[2] === 3 ? { ...options, normalization } : options
      const { values } = preparePicture(picture, preparation, own)
      expect(follow(picturePlan(picture, preparation, own), picture), `${height} x ${width} x ${channels}`).toEqual(values)
    }
  })
})

test('a picture of the size of the input needs no steps', () => {
  const picture = pictureOf(Uint8Array.of(1, 2, 3, 4, 5, 6), 2, 3)
  const options = { input: [3, 2, 1] }
  expect(follow(picturePlan(picture, [], options), picture)).toEqual(preparePicture(picture, [], options).values)
})

test('steps that end in another size than the input are refused as they are by preparePicture', () => {
  const picture = pictureOf(new Uint8Array(6), 2, 3)
  for (const prepare of [picturePlan, preparePicture]) {
    expect(() => prepare(picture, [{ type: 'resize', size: 5 }], { input: [4, 4, 1] })).toThrow(
      /does not have the size of the input/,
    )
    expect(() => prepare(picture, [], { input: [3, 2, 2] })).toThrow(/takes no pictures/)
    expect(() => prepare(picture, [{ type: 'blur' }] as never, { input: [3, 2, 1] })).toThrow(/no such step/)
  }
})

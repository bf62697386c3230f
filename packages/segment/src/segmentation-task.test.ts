/** The conformance suite on this task, and the task's own texts. */
import { failures, taskCases, testTask } from '@onebit/testkit'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Segmentation } from './segmentation-facts.ts'
import { runtime } from './segmentation-runtime.ts'
import { segmentation } from './segmentation-task.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const [HEIGHT, WIDTH] = [8, 12]
const facts = { classes: ['ground', 'shoe', 'bag'] }

const maskOf = (classAt: (x: number, y: number) => number): Segmentation => ({
  mask: {
    data: Uint8Array.from({ length: HEIGHT * WIDTH }, (_, pixel) => classAt(pixel % WIDTH, Math.floor(pixel / WIDTH))),
    width: WIDTH,
    height: HEIGHT,
    channels: 1,
  },
})

const annotations = [
  maskOf((x) => Number(x > 6)),
  maskOf((x, y) => (y > 5 ? 2 : Number(x < 3))),
  maskOf((x, y) => (x === 0 ? 255 : Number(y < 2))),
]

/** A probability of 1 for the right class, at the output's own size. */
function perfect(annotation: unknown, { scores: [height, width, classes] }: Readonly<Record<string, readonly number[]>>) {
  const { mask } = annotation as Segmentation
  const scores = new Float32Array(height * width * classes)
  for (let pixel = 0; pixel < height * width; pixel++) {
    const row = Math.floor(((Math.floor(pixel / width) + 0.5) * mask.height) / height)
    const column = Math.floor((((pixel % width) + 0.5) * mask.width) / width)
    const index = mask.data[row * mask.width + column]
    scores[pixel * classes + (index === 255 ? 0 : index)] = 1
  }
  return { scores }
}

const tooLarge = maskOf(() => 3)
const short = { mask: { ...annotations[0].mask, height: 9 } }

testTask(segmentation, { test, facts, annotations: annotations.slice(0, 2), wrong: [tooLarge, short], perfect })

test('on the backend that trains in WebAssembly, too', async () => {
  await tf.setBackend('wasm')
  try {
    expect(await failures(taskCases(segmentation, { facts, annotations: annotations.slice(0, 2), perfect }))).toEqual(new Map())
  } finally {
    await tf.setBackend('cpu')
  }
})

test('with a mask of half the size, too', async () => {
  const even = [maskOf((x) => Number(x >= 6)), maskOf((x, y) => (y >= 4 ? 2 : Number(x < 4)))]
  expect(await failures(taskCases(segmentation, { facts, annotations: even, perfect, head: { stride: 2 } }))).toEqual(new Map())
})

describe('pixels of no class', () => {
  test('neither count in the loss nor in the metrics', () => {
    const scores = tf.randomNormal([1, HEIGHT, WIDTH, 3], 0, 1, 'float32', 3)
    const loss = (annotation: Segmentation): number => {
      const { mask } = segmentation.encode(annotation, facts, { scores: [HEIGHT, WIDTH, 3] }, [HEIGHT, WIDTH])
      const expanded = segmentation.expand!({ mask: tf.tensor3d(Array.from(mask), [1, HEIGHT, WIDTH], 'int32') }, facts, {})
      return segmentation.losses[0].loss({ scores: { tensor: scores, isLogits: true } }, expanded, {}, { facts }).dataSync()[0]
    }
    const logProbabilities = tf.logSoftmax(scores).arraySync() as number[][][][]
    let sum = 0
    let counted = 0
    for (const [pixel, index] of annotations[2].mask.data.entries()) {
      if (index === 255) continue
      sum -= logProbabilities[0][Math.floor(pixel / WIDTH)][pixel % WIDTH][index]
      counted++
    }
    expect(loss(annotations[2])).toBeCloseTo(sum / counted, 5)
    expect(loss(maskOf(() => 255))).toBeCloseTo(0, 9)
    const sums = runtime.measure(facts)
    sums.add(
      maskOf((x, y) => (x === 0 ? 2 : Number(y < 2))),
      annotations[2],
    )
    expect(sums.values()).toEqual({ mIoU: 1, 'pixel accuracy': 1 })
  })
})

test('mIoU is the mean over classes that occur or were predicted; unseen pixels count as missed', () => {
  const sums = runtime.measure(facts)
  sums.add(
    maskOf((x) => (x < 3 ? 255 : Number(x >= 6))),
    maskOf((x) => Number(x >= 9)),
  )
  // ground: 3 of 9 + 0 columns; shoe: 3 of 3 + 3
  expect(sums.values()).toEqual({ mIoU: (3 / 9 + 3 / 6) / 2, 'pixel accuracy': 6 / 12 })
  expect(sums.tables!()[0].rows.map((row) => row.join(' '))).toEqual([
    'ground 72 33.3 % 33.3 % 100.0 %',
    'shoe 24 50.0 % 100.0 % 50.0 %',
    'bag 0   ',
  ])
})

test('masks move with their pictures; pixels from outside have no class', () => {
  const { mask } = segmentation.warp(annotations[0], [1, 0, 2, 0, 1, 0], [HEIGHT, WIDTH], facts) as Segmentation
  expect(Array.from(mask.data.subarray(0, WIDTH))).toEqual([255, 255, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
})

test('a mask that is coarser along one side than along the other fills the picture', () => {
  // Two rows of three pixels, of the classes 0, 1, 2 and 2, 1, 0.
  const data = Float32Array.from([0, 1, 2, 2, 1, 0].flatMap((best) => [0, 1, 2].map((index) => Number(index === best))))
  const size = [4, 9] as const
  const placement = { toPicture: [1, 0, 0, 0, 1, 0], picture: size, input: size } as const
  const { mask } = runtime.decode({ scores: { shape: [2, 3, 3], data } }, facts, placement)
  const rows = [0, 1, 2, 3].map((row) => Array.from(mask.data.subarray(9 * row, 9 * row + 9)).join(''))
  expect(rows).toEqual(['000111222', '000111222', '222111000', '222111000'])
})

test('a probability of 0 costs much, and not without end', () => {
  const one = { scores: { tensor: tf.tensor4d([0, 1, 0], [1, 1, 1, 3]), isLogits: false } }
  const loss = segmentation.losses[0].loss(one, { mask: tf.tensor4d([1, 0, 0], [1, 1, 1, 3]) }, {}, { facts })
  expect(loss.dataSync()[0]).toBeCloseTo(-Math.log(1e-7), 3)
})

test('JSON has the mask in runs', () => {
  const json = runtime.toJson(annotations[1], facts) as { readonly runs: number[] }
  expect(json.runs.slice(0, 6)).toEqual([1, 3, 0, 9, 1, 3])
  expect(json.runs.filter((_, index) => index % 2 === 1).reduce((sum, length) => sum + length)).toBe(HEIGHT * WIDTH)
})

/** The conformance suite on this task, and the task's own texts. */
import { type Affine, AnnotationError } from '@onebit/core'
import { failures, taskCases, testTask } from '@onebit/testkit'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Person, PoseFacts } from './pose-facts.ts'
import { runtime } from './pose-runtime.ts'
import { pose } from './pose-task.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const [HEIGHT, WIDTH] = [16, 24]
const facts: PoseFacts = {
  joints: ['head', 'right hand', 'left hand'],
  pairs: [[1, 2]],
  bones: [
    [0, 1],
    [0, 2],
  ],
  metric: 'PCKh',
}

/** Joints in the middle of pixels of a heat-map of half the size, apart from its edge. */
const person = (...keypoints: number[]): Person => ({ keypoints, headSize: 4, box: [2, 2, 12, 10], area: 100 })
const annotations = [
  person(5, 3, 2, 9, 9, 2, 15, 5, 1),
  person(11, 7, 2, 3, 5, 1, 19, 11, 2),
  person(7, 11, 2, 0, 0, 0, 13, 9, 2),
]

/** A peak at each labeled joint, with slopes that keep the decoder at its middle. */
function perfect(annotation: unknown, { heatmaps: [height, width, joints] }: Readonly<Record<string, readonly number[]>>) {
  const { keypoints } = annotation as Person
  const heatmaps = new Float32Array(height * width * joints)
  for (let joint = 0; joint < joints; joint++) {
    const [x, y, visibility] = keypoints.slice(3 * joint, 3 * joint + 3)
    if (visibility === 0) continue
    for (let pixel = 0; pixel < height * width; pixel++) {
      const [dx, dy] = [(pixel % width) + 0.5 - (x * width) / WIDTH, Math.floor(pixel / width) + 0.5 - (y * height) / HEIGHT]
      heatmaps[pixel * joints + joint] = Math.exp(-(dx * dx + dy * dy) / 2)
    }
  }
  return { heatmaps }
}

const wrong = [
  person(1, 2, 2),
  person(Number.NaN, 3, 2, 9, 9, 2, 15, 5, 1),
  person(5, 3, 3, 9, 9, 2, 15, 5, 1),
  { ...annotations[0], headSize: 0 },
]
const input = [HEIGHT, WIDTH, 3] as const
const suite = { facts, annotations, wrong, perfect, input }

testTask(pose, { test, ...suite })

describe('measured by similarity, with linear heat-maps, or on the backend that trains in WebAssembly, the suite passes, too', () => {
  test('AP', async () => {
    const ofCoco = { ...facts, metric: 'OKS', sigmas: [0.1, 0.1, 0.1] } as const
    const large = annotations.map((annotation) => ({ ...annotation, area: 2000 }))
    expect(await failures(taskCases(pose, { ...suite, facts: ofCoco, annotations: large, best: { APL: 0 } }))).toEqual(new Map())
  })

  test('linear', async () => {
    expect(await failures(taskCases(pose, { ...suite, head: { activation: 'linear' } }))).toEqual(new Map())
  })

  test('wasm', async () => {
    await tf.setBackend('wasm')
    try {
      expect(await failures(taskCases(pose, suite))).toEqual(new Map())
    } finally {
      await tf.setBackend('cpu')
    }
  })
})

describe('warping', () => {
  test('a mirror exchanges right and left joints, and only them', () => {
    const mirror: Affine = [-1, 0, WIDTH, 0, 1, 0]
    const { keypoints, box } = pose.warp(annotations[0], mirror, [HEIGHT, WIDTH], facts) as Person
    expect(keypoints).toEqual([19, 3, 2, 9, 5, 1, 15, 9, 2])
    expect(box).toEqual([10, 2, 12, 10])
  })

  test('lengths scale with the picture, areas with its square; joints that nobody labeled stay so', () => {
    const moved = pose.warp(annotations[2], [2, 0, 1, 0, 2, 3], [2 * HEIGHT, 2 * WIDTH], facts) as Person
    expect(moved).toEqual({ keypoints: [15, 25, 2, 0, 0, 0, 27, 21, 2], headSize: 8, box: [5, 7, 24, 20], area: 400 })
  })

  test('a joint that leaves the picture is trained on no longer', () => {
    const moved = pose.warp(annotations[0], [1, 0, 10, 0, 1, 0], [HEIGHT, WIDTH], facts)
    const { keypoints } = pose.encode(moved, facts, { heatmaps: [8, 12, 3] }, [HEIGHT, WIDTH])
    expect(Array.from(keypoints)).toEqual([7.5, 1.5, 1, 9.5, 4.5, 1, 0, 0, 0])
  })
})

describe('targets', () => {
  const expanded = (settings: object) => {
    const encoded = pose.encode(annotations[0], facts, { heatmaps: [8, 12, 3] }, [HEIGHT, WIDTH])
    const compact = {
      keypoints: tf.tensor3d(Array.from(encoded.keypoints), [1, 3, 3]),
      rows: tf.tensor2d(Array.from(encoded.rows), [1, 8]),
      columns: tf.tensor2d(Array.from(encoded.columns), [1, 12]),
    }
    return pose.expand!(compact, facts, { sigma: 1, centers: 'exact', ...settings })
  }

  test('a Gaussian has its sigma and its center', () => {
    // Joint 2 is at 7.5, 2.5 of the heat-map.
    const heat = (settings: object) => expanded(settings).heatmaps.arraySync() as number[][][][]
    expect(heat({})[0][2][7][2]).toBeCloseTo(1, 6)
    expect(heat({})[0][3][9][2]).toBeCloseTo(Math.exp(-5 / 2), 6)
    expect(heat({ sigma: 2 })[0][3][9][2]).toBeCloseTo(Math.exp(-5 / 8), 6)
  })

  test('exact centers lie between pixels, others in their middle', () => {
    const at = (centers: string): number => {
      const keypoints = tf.tensor3d([3.9, 2.2, 1], [1, 1, 3])
      const [rows, columns] = [tf.tensor2d([2.5], [1, 1]), tf.tensor2d([3.5], [1, 1])]
      const { heatmaps } = pose.expand!({ keypoints, rows, columns }, facts, { sigma: 1, centers })
      return heatmaps.dataSync()[0]
    }
    expect(at('exact')).toBeCloseTo(Math.exp(-(0.4 ** 2 + 0.3 ** 2) / 2), 6)
    expect(at('pixel')).toBeCloseTo(1, 6)
  })
})

test('joints that nobody labeled neither cost nor count', () => {
  const [cost] = pose.losses.map((loss) => {
    const maps = tf.randomNormal([1, 8, 12, 3], 0, 1, 'float32', 5)
    const other = tf.concat(
      [tf.slice(maps, [0, 0, 0, 0], [1, 8, 12, 1]), tf.zeros([1, 8, 12, 1]), tf.slice(maps, [0, 0, 0, 2], [1, 8, 12, 1])],
      3,
    )
    const labeled = tf.tensor2d([1, 0, 1], [1, 3])
    const target = tf.zeros([1, 8, 12, 3])
    const options = { alpha: 2.1, omega: 14, epsilon: 1, theta: 0.5, foreground: 10 }
    const value = (tensor: tf.Tensor): number =>
      loss.loss({ heatmaps: { tensor, isLogits: true } }, { heatmaps: target, labeled }, options, { facts }).dataSync()[0]
    expect(value(maps), loss.name).toBeCloseTo(value(other), 6)
    return value(maps)
  })
  expect(cost).toBeGreaterThan(0)
  const sums = runtime.measure(facts)
  sums.add({ keypoints: [7, 11, 1, 99, 99, 1, 13, 9, 1], score: 1 }, annotations[2])
  expect(sums.values()['PCKh@0.5']).toBe(1)
})

test('heat-maps inside a network are supervised as the last ones', () => {
  const tensor = tf.randomNormal([1, 8, 12, 3], 0, 1, 'float32', 6)
  const targets = { heatmaps: tf.zeros([1, 8, 12, 3]), labeled: tf.ones([1, 3]) }
  const output = { tensor, isLogits: true }
  for (const loss of pose.losses) {
    const options = { alpha: 2.1, omega: 14, epsilon: 1, theta: 0.5, foreground: 10 }
    const value = (outputs: object): number => loss.loss(outputs as never, targets, options, { facts }).dataSync()[0]
    const alone = value({ heatmaps: output })
    expect(value({ heatmaps: output, heatmaps1: output, scores: output }), loss.name).toBeCloseTo(2 * alone, 5)
  }
})

test('PCKh needs the size of a head', () => {
  const { headSize: _, ...headless } = annotations[0]
  expect(() => runtime.measure(facts).add({ keypoints: headless.keypoints, score: 1 }, headless)).toThrow(AnnotationError)
})

/** A network of two layers that is right by construction: joints are colors. */
import { compileGraph, InputError, OptionError, reference } from '@onebit/core'
import { IDENTITY, taskMetadata } from '@onebit/image'
import { freeze } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeHeatmaps } from './decode/decode-heatmaps.ts'
import { withFlipTest } from './flip-test.ts'
import { type PoseEstimatorOptions, poseEstimator } from './pose-estimator.ts'
import type { PoseFacts } from './pose-facts.ts'
import { runtime } from './pose-runtime.ts'

const SIZE = 16
const facts: PoseFacts = { joints: ['right', 'left'], pairs: [[0, 1]], bones: [[0, 1]], metric: 'OKS' }

let model: tf.LayersModel
beforeAll(async () => {
  await tf.setBackend('cpu')
  // The heat-map of a joint is a color: right is red, left is green.
  const image = tf.input({ name: 'image', shape: [SIZE, SIZE, 3] })
  const pick = tf.layers.conv2d({ name: 'heatmaps', filters: 2, kernelSize: 1 })
  model = tf.model({ inputs: image, outputs: pick.apply(image) as tf.SymbolicTensor })
  pick.setWeights([tf.tensor4d([1, 0, 0, 1, 0, 0], [1, 1, 3, 2]), tf.tensor1d([0, 0])])
})

async function estimator(
  options?: PoseEstimatorOptions,
  metadata = taskMetadata(runtime, facts, { normalization: { mean: 0, standardDeviation: 1 } }),
) {
  return poseEstimator(await compileGraph(freeze(model, { metadata }).graph, reference), options)
}

/** A black picture with a red and a green pixel. */
function picture(width: number, height: number, red: readonly [number, number], green: readonly [number, number]) {
  const data = new Uint8Array(width * height * 3)
  data[3 * (red[1] * width + red[0])] = 255
  data[3 * (green[1] * width + green[0]) + 1] = 255
  return { data, width, height }
}

describe('a pose estimator', () => {
  test('finds joints in the pixels of the picture', async () => {
    const poses = await estimator()
    expect(poses).toMatchObject({ input: [SIZE, SIZE, 3], facts, assumptions: [] })
    const { keypoints, score } = await poses.run(picture(SIZE, SIZE, [3, 4], [10, 12]))
    expect(keypoints).toEqual([3.5, 4.5, 1, 10.5, 12.5, 1])
    expect(score).toBe(1)
  })

  test('finds several people in their boxes', async () => {
    const poses = await estimator()
    const crowd = picture(60, 40, [12, 10], [16, 20])
    // 20 pixels high, widened to 25, of which the network sees every one or so.
    const [first, second] = await poses.people(crowd, [
      [4, 6, 16, 20],
      [30, 6, 16, 20],
    ])
    const [x, y, , x2, y2] = first.keypoints
    expect(Math.hypot(x - 12.5, y - 10.5)).toBeLessThan(1.5)
    expect(Math.hypot(x2 - 16.5, y2 - 20.5)).toBeLessThan(1.5)
    expect(first.score).toBeGreaterThan(0.2)
    expect(second.score).toBe(0)
    await expect(poses.people(crowd, [[4, 6, 0, 20]])).rejects.toThrow(OptionError)
  })

  test('a flip test gives the mean of a picture and its mirror image, sides exchanged', async () => {
    const poses = await estimator({ flipTest: true })
    // This network calls red right in a mirror too, so a right answer here is a wrong one there.
    const { keypoints } = await poses.run(picture(SIZE, SIZE, [3, 4], [10, 12]))
    expect([keypoints[2], keypoints[5]]).toEqual([0.5, 0.5])
  })

  test('a flip test leaves heat-maps as they are that change with the picture', async () => {
    const both = { ...facts, joints: ['nose', 'chin'], pairs: [] }
    const poses = await estimator({ flipTest: true }, taskMetadata(runtime, both, {}))
    const { keypoints } = await poses.run(picture(SIZE, SIZE, [3, 4], [10, 12]))
    expect(keypoints).toEqual([3.5, 4.5, 1, 10.5, 12.5, 1])
  })

  test('a flip test of several people at once gives what it gives of each', async () => {
    const poses = await estimator({ flipTest: true })
    const pictures = [picture(SIZE, SIZE, [3, 4], [10, 12]), picture(SIZE, SIZE, [5, 2], [1, 9])]
    const each = [await poses.run(pictures[0]), await poses.run(pictures[1])]
    expect(each[0]).not.toEqual(each[1])
    expect(await poses.runAll(pictures)).toEqual(each)
  })

  test('a flip test of other joints than those of the network is refused, not left out', async () => {
    const network = await compileGraph(freeze(model).graph, reference)
    expect(() => withFlipTest(network, { ...facts, joints: ['nose'], pairs: [], bones: [] })).toThrow(/finds no heat-maps/)
  })

  test('heat-maps of fewer values than their shape says are refused: the rest would be joints that are NaN', () => {
    const outputs = { heatmaps: { shape: [2, 2, 2], data: new Float32Array(7) } }
    const placement = { toPicture: IDENTITY, picture: [2, 2], input: [2, 2] } as const
    expect(() => decodeHeatmaps(outputs, placement)).toThrow(/Expected 8 values.*received 7/)
  })

  test('an option of a typing error is refused with the nearest name', async () => {
    const misspelled = { flipTests: true } as PoseEstimatorOptions
    await expect(estimator(misspelled)).rejects.toThrow(/poseEstimator\(\) has no option 'flipTests'.*'flipTest'/)
  })

  test('a file without facts numbers its joints, and says so; joints that do not fit are refused', async () => {
    const poses = await estimator({}, {})
    expect(poses.facts.joints).toEqual(['0', '1'])
    expect(poses.assumptions[0]).toMatch(/names no joints/)
    await expect(estimator({ facts: { joints: ['one'] } })).rejects.toThrow(InputError)
  })

  test('draws a skeleton', async () => {
    const poses = await estimator()
    const source = picture(SIZE, SIZE, [3, 4], [10, 12])
    const { width, data } = await poses.draw(source, await poses.run(source))
    expect(width).toBe(192)
    // The middle of the bone, between the joints, is not black any more.
    const at = 3 * (Math.round(8.5 * 12) * width + Math.round(7 * 12))
    expect(Math.max(data[at], data[at + 1], data[at + 2])).toBeGreaterThan(100)
  })
})

/** Human pose in training. Joints move with their pictures, and become heat-maps on the backend. */
import { defineTask, type OutputTensors, type Task } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { type GaussianOptions, gaussianHeatmaps } from './gaussian-heatmaps.ts'
import { heatmapsHead } from './heatmaps-head.ts'
import { adaptiveWing } from './losses/adaptive-wing.ts'
import { meanSquaredError } from './losses/mean-squared-error.ts'
import { sigmoidCrossEntropy } from './losses/sigmoid-cross-entropy.ts'
import { spatialDivergence } from './losses/spatial-divergence.ts'
import { PCK, PCK_SHARE } from './metrics/pose-metrics.ts'
import { boxOf, checkPerson, type Person, type Pose, type PoseFacts, warpPerson } from './pose-facts.ts'

const settings = {
  sigma: {
    default: 1,
    min: 0,
    exclusive: 'min',
    description: 'standard deviation of the Gaussian around a joint, in pixels of the heat-map',
  },
  centers: {
    default: 'exact',
    values: ['exact', 'pixel'],
    description: 'middle of the Gaussian: the joint, or the middle of its pixel',
  },
} as const

const middles = (count: number): Float32Array => Float32Array.from({ length: count }, (_, index) => index + 0.5)

/** Share of correct joints among the labeled ones of each picture, summed over the batch. */
function correctKeypoints({ heatmaps }: OutputTensors, { keypoints, side }: tf.NamedTensorMap): tf.Tensor {
  const [batch, height, width, joints] = heatmaps.tensor.shape as [number, number, number, number]
  const best = tf.argMax(tf.reshape(heatmaps.tensor, [batch, height * width, joints]), 1)
  const row = tf.floorDiv(best, tf.scalar(width, 'int32'))
  const column = tf.sub(best, tf.mul(row, width))
  const [x, y, weight] = [0, 1, 2].map((index) =>
    tf.reshape(tf.slice(keypoints, [0, 0, index], [batch, joints, 1]), [batch, joints]),
  )
  const squared = tf.add(tf.square(tf.sub(tf.add(column, 0.5), x)), tf.square(tf.sub(tf.add(row, 0.5), y)))
  const near = tf.lessEqual(squared, tf.square(tf.expandDims(tf.mul(side, PCK_SHARE), 1)))
  const right = tf.sum(tf.mul(tf.cast(near, 'float32'), weight), 1)
  return tf.sum(tf.div(right, tf.maximum(tf.sum(weight, 1), 1)))
}

export const pose: Task = defineTask<PoseFacts, Person, Pose, typeof settings>({
  name: 'pose',
  package: '@onebit/pose',
  head: heatmapsHead,
  headOptions: ({ joints }) => ({ joints: joints.length }),
  settings,
  // Rows and columns are the centers of the heat-map's pixels. `expand` learns the size of the heat-map from them.
  targets: ({ joints }, { heatmaps: [height, width] }) => ({
    keypoints: { shape: [joints.length, 3], dtype: 'float32' },
    side: { shape: [], dtype: 'float32' },
    rows: { shape: [height], dtype: 'float32' },
    columns: { shape: [width], dtype: 'float32' },
  }),
  encode: (person, facts, { heatmaps: [rows, columns] }, [height, width]) => {
    const { keypoints } = checkPerson(person, facts)
    const [scaleX, scaleY] = [columns / width, rows / height]
    const encoded = new Float32Array(keypoints.length)
    for (let index = 0; index < keypoints.length; index += 3) {
      const [x, y, visibility] = keypoints.slice(index, index + 3)
      const isInside = visibility > 0 && x >= 0 && x < width && y >= 0 && y < height
      if (isInside) encoded.set([x * scaleX, y * scaleY, 1], index)
    }
    const [, , wide, high] = boxOf(person) ?? [0, 0, 0, 0]
    const side = Float32Array.of(Math.max(wide * scaleX, high * scaleY))
    return { keypoints: encoded, side, rows: middles(rows), columns: middles(columns) }
  },
  warp: (person, affine, _, facts) => warpPerson(checkPerson(person, facts), affine, facts),
  expand: (targets, _, options) => {
    const { keypoints } = targets
    const [batch, joints] = keypoints.shape
    return {
      heatmaps: gaussianHeatmaps(targets as Parameters<typeof gaussianHeatmaps>[0], options as unknown as GaussianOptions),
      labeled: tf.reshape(tf.slice(keypoints, [0, 0, 2], [batch, joints, 1]), [batch, joints]),
    }
  },
  losses: [sigmoidCrossEntropy, meanSquaredError, adaptiveWing, spatialDivergence],
  defaultLosses: [sigmoidCrossEntropy],
  monitors: { [PCK]: correctKeypoints },
  runtime: async () => (await import('./pose-runtime.ts')).runtime,
})

declare module '@onebit/core' {
  interface TaskNames {
    pose: Record<never, never>
  }
  interface TaskSettings {
    /** Standard deviation of the Gaussian around a joint, in pixels of the heat-map. @default 1 */
    sigma?: number
    /** Middle of the Gaussian: the joint, or the middle of its pixel. @default 'exact' */
    centers?: 'exact' | 'pixel'
  }
}

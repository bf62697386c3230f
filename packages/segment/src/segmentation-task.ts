/** Segmentation in training. Masks move with their pictures, and the target of every pixel is its class. */
import { checkArgument, defineTask, type Task } from '@onebit/core'
import { scaling, warp } from '@onebit/image'
import * as tf from '@tensorflow/tfjs-core'
import { crossEntropy } from './cross-entropy.ts'
import { checkMask, factsRule, IGNORED, type Segmentation, type SegmentationFacts } from './segmentation-facts.ts'
import { segmentationHead } from './segmentation-head.ts'

export const segmentation: Task = defineTask<SegmentationFacts, Segmentation, Segmentation>({
  name: 'segment',
  package: '@onebit/segment',
  head: segmentationHead,
  headOptions(facts) {
    checkArgument('headOptions()', 'facts', facts, factsRule)
    return { classes: facts.classes.length }
  },
  targets: (_, { scores: [height, width] }) => ({ mask: { shape: [height, width], dtype: 'int32' } }),
  encode: (annotation, facts, { scores: [height, width] }) => {
    const mask = checkMask(annotation, facts)
    const isSize = mask.height === height && mask.width === width
    const toOutput = scaling(width / mask.width, height / mask.height)
    const scaled = isSize ? mask : warp(mask, toOutput, { width, height, interpolation: 'nearest', fill: IGNORED })
    return { mask: Int32Array.from(scaled.data) }
  },
  warp: ({ mask }, affine, [height, width]) => {
    const { data, ...size } = mask
    const picture = { ...size, data: new Uint8Array(data.buffer, data.byteOffset, data.length), channels: 1 as const }
    return { mask: warp(picture, affine, { width, height, interpolation: 'nearest', fill: IGNORED }) }
  },
  // The number for no class is beyond the depth, so its row is all 0.
  expand: ({ mask }, { classes }) => ({ mask: tf.cast(tf.oneHot(mask as tf.Tensor3D, classes.length), 'float32') }),
  blends: true,
  losses: [crossEntropy],
  defaultLosses: [crossEntropy],
  monitors: {
    'pixel accuracy': ({ scores }, { mask }) => {
      const counted = tf.cast(tf.notEqual(mask, IGNORED), 'float32')
      const right = tf.mul(tf.cast(tf.equal(tf.argMax(scores.tensor, -1), mask), 'float32'), counted)
      return tf.sum(tf.div(tf.sum(right, [1, 2]), tf.maximum(tf.sum(counted, [1, 2]), 1)))
    },
  },
  runtime: async () => (await import('./segmentation-runtime.ts')).runtime,
})

declare module '@onebit/core' {
  interface TaskNames {
    segment: Record<never, never>
  }
}

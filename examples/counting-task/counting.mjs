/** Counting in training: one number per picture. Facts are `{ what, most }`: the things to count, and their maximum in a picture. */
import { AnnotationError, defineLoss, defineTask } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { countHead } from './head.mjs'

const errors = (tensor, count) => tf.abs(tf.sub(tf.reshape(tensor, [-1]), count))

export const absoluteError = defineLoss({
  name: 'absolute-error',
  package: '@onebit/example-counting-task',
  loss: ({ count: { tensor } }, { count }) => tf.mean(errors(tensor, count)),
})

export const counting = defineTask({
  name: 'counting',
  package: '@onebit/example-counting-task',
  head: countHead,
  headOptions: () => ({}),
  targets: () => ({ count: { shape: [], dtype: 'float32' } }),
  encode: (count, { most }) => {
    if (Number.isInteger(count) && count >= 0 && count <= most) return { count: Float32Array.of(count) }
    throw new AnnotationError({
      what: 'A count is impossible.',
      expected: `an integer from 0 to ${most}`,
      received: JSON.stringify(count),
    })
  },
  // A rotated or mirrored picture has the same count. Do not augment with crops.
  warp: (count) => count,
  blends: true,
  losses: [absoluteError],
  defaultLosses: [absoluteError],
  // Shown during training: sums over the batch, under the name of a metric.
  monitors: { 'mean absolute error': ({ count: { tensor } }, { count }) => tf.sum(errors(tensor, count)) },
  runtime: async () => (await import('./runtime.mjs')).runtime,
})

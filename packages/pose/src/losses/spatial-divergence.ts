/**
 * Kullback-Leibler divergence of heat-maps. A joint is at one place, so a map is a distribution over its pixels.
 *
 *   loss = sum over pixels of q (log q - log p),   p = softmax of the map's logits over all pixels,   q = target / its sum
 *
 * BiHRNet is trained by this loss and Adaptive Wing: arXiv 2311.10296. Nibali et al., arXiv 1801.07372, section 3.3, on
 * divergences of heat-maps.
 */
import { defineLoss, type Loss } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { overHeatmaps, type PredictedHeatmaps } from './over-heatmaps.ts'

/** `[batch, joints, pixels]` */
function pixelsLast(heatmaps: tf.Tensor): tf.Tensor {
  const [batch, height, width, joints] = heatmaps.shape as [number, number, number, number]
  return tf.transpose(tf.reshape(heatmaps, [batch, height * width, joints]), [0, 2, 1])
}

/** The least sum of a target. A joint outside the picture may have the sum 0. */
const LEAST = 1e-7

function divergence({ tensor }: PredictedHeatmaps, target: tf.Tensor): tf.Tensor {
  const heat = pixelsLast(target)
  const q = tf.div(heat, tf.maximum(tf.sum(heat, -1, true), LEAST))
  const logP = tf.logSoftmax(pixelsLast(tensor))
  return tf.sum(tf.mul(q, tf.sub(tf.log(tf.maximum(q, LEAST)), logP)), -1)
}

export const spatialDivergence: Loss = defineLoss({
  name: 'spatial-divergence',
  package: '@onebit/pose',
  paper: { title: 'BiHRNet', authors: 'Zhang et al.', year: 2023, arxiv: '2311.10296' },
  loss: (outputs, targets) => overHeatmaps(outputs, targets, divergence),
})

declare module '@onebit/core' {
  interface LossNames {
    'spatial-divergence': Record<never, never>
  }
}

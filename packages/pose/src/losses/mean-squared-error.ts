/**
 * Half the mean squared error of every pixel of a heat-map.
 *
 * Xiao, Wu, Wei: Simple Baselines (ECCV 2018), arXiv 1804.06208, section 2. The released code divides by the number of all
 * joints; here the mean is over the labeled ones.
 */
import { defineLoss, type Loss } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { meanOverPixels, overHeatmaps, valuesOf } from './over-heatmaps.ts'

export const meanSquaredError: Loss = defineLoss({
  name: 'mean-squared-error',
  package: '@onebit/pose',
  paper: { title: 'Simple Baselines for Human Pose Estimation', authors: 'Xiao et al.', year: 2018, arxiv: '1804.06208' },
  loss: (outputs, targets) =>
    overHeatmaps(outputs, targets, (predicted, target) =>
      tf.mul(meanOverPixels(tf.squaredDifference(valuesOf(predicted), target)), 0.5),
    ),
})

declare module '@onebit/core' {
  interface LossNames {
    'mean-squared-error': Record<never, never>
  }
}

/**
 * Adaptive Wing: small errors count much at the joint, and little elsewhere. With d = |t - p| of a pixel:
 *
 *   d < theta    omega ln(1 + (d / epsilon)^(alpha - t))
 *   else         A d - C,  A = omega (alpha - t) r^(alpha - t - 1) / (epsilon (1 + r^(alpha - t))),  C = theta A - omega ln(1 + r^(alpha - t))
 *
 * with r = theta / epsilon, so value and slope agree at theta. Pixels at and around a joint have the weight `foreground` + 1.
 * These are the pixels within one pixel of a target of at least 0.2.
 *
 * Wang, Bo, Fuxin: Adaptive Wing Loss for Robust Face Alignment via Heatmap Regression (ICCV 2019), arXiv 1904.07399, sections 4
 * and 5.
 */
import { defineLoss, type Loss } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { meanOverPixels, overHeatmaps, valuesOf } from './over-heatmaps.ts'

/** A pixel with at least this target belongs to the joint. */
const FOREGROUND = 0.2

interface Shape {
  readonly alpha: number
  readonly omega: number
  readonly epsilon: number
  readonly theta: number
}

function wing(values: tf.Tensor, target: tf.Tensor, { alpha, omega, epsilon, theta }: Shape): tf.Tensor {
  const ratio = theta / epsilon
  const power = tf.sub(alpha, target)
  const atTheta = tf.pow(tf.scalar(ratio), power)
  const slope = tf.div(tf.mul(tf.mul(omega / (epsilon * ratio), power), atTheta), tf.add(atTheta, 1))
  const offset = tf.sub(tf.mul(slope, theta), tf.mul(tf.log1p(atTheta), omega))
  const distance = tf.abs(tf.sub(target, values))
  // The gradient of 0 to a power is NaN, and the branch that is not taken needs a number too. So both distances stay in their own
  // range.
  const near = tf.clipByValue(distance, 1e-6, theta)
  const curved = tf.mul(tf.log1p(tf.pow(tf.div(near, epsilon), power)), omega)
  return tf.where(tf.less(distance, theta), curved, tf.sub(tf.mul(slope, distance), offset))
}

function weights(target: tf.Tensor, foreground: number): tf.Tensor {
  const around = tf.maxPool(target as tf.Tensor4D, 3, 1, 'same')
  return tf.add(tf.mul(tf.cast(tf.greaterEqual(around, FOREGROUND), 'float32'), foreground), 1)
}

export const adaptiveWing: Loss = defineLoss({
  name: 'adaptive-wing',
  package: '@onebit/pose',
  paper: { title: 'Adaptive Wing Loss', authors: 'Wang et al.', year: 2019, arxiv: '1904.07399' },
  options: {
    alpha: { default: 2.1, min: 2, exclusive: 'min', description: 'alpha in the exponent alpha - target' },
    omega: { default: 14, min: 0, exclusive: 'min', description: 'height of the curve' },
    epsilon: { default: 1, min: 0, exclusive: 'min', description: 'width of the steep part of the curve' },
    theta: { default: 0.5, min: 0, exclusive: 'min', description: 'error above which the curve is a line' },
    foreground: { default: 10, min: 0, description: 'additional weight of pixels at and around a joint' },
  },
  loss: (outputs, targets, { foreground, ...shape }) =>
    overHeatmaps(outputs, targets, (predicted, target) =>
      meanOverPixels(tf.mul(wing(valuesOf(predicted), target, shape), weights(target, foreground))),
    ),
})

declare module '@onebit/core' {
  interface LossNames {
    'adaptive-wing': { alpha: number; omega: number; epsilon: number; theta: number; foreground: number }
  }
}

/**
 * The common part of losses of heat-maps. Each loss gives one number per joint; unlabeled joints do not count. The mean is first
 * over the labeled joints of each picture, then over the pictures, so dividing a batch among threads does not change its loss.
 * Heat-maps inside a network are trained like the last ones, and their losses add up (Newell et al., arXiv 1603.06937, section
 * 3.2).
 */
import type { OutputTensors } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/** Heat-maps of one output, `[batch, height, width, joints]`. */
export interface PredictedHeatmaps {
  /** The input of the sigmoid if the last heat-maps have one; otherwise the maps themselves. */
  readonly tensor: tf.Tensor
  /** True if the maps are the sigmoid of `tensor`. */
  readonly isLogits: boolean
}

/** `[batch, joints]` */
export type LossOfJoints = (predicted: PredictedHeatmaps, target: tf.Tensor) => tf.Tensor

/** The maps as numbers from 0 to 1. */
export function valuesOf({ tensor, isLogits }: PredictedHeatmaps): tf.Tensor {
  return isLogits ? tf.sigmoid(tensor) : tensor
}

/** Mean over rows and columns, `[batch, joints]`. */
export const meanOverPixels = (x: tf.Tensor): tf.Tensor => tf.mean(x, [1, 2])

const isHeatmaps = (name: string): boolean => /^heatmaps\d*$/.test(name)

/** @param targets `heatmaps`, `[batch, height, width, joints]`, and `labeled`, 0 or 1, `[batch, joints]`. */
export function overHeatmaps(outputs: OutputTensors, { heatmaps, labeled }: tf.NamedTensorMap, loss: LossOfJoints): tf.Scalar {
  const { isLogits } = outputs.heatmaps
  const counted = tf.maximum(tf.sum(labeled, 1), 1)
  const losses = Object.entries(outputs)
    .filter(([name]) => isHeatmaps(name))
    .map(([, { tensor }]) => {
      const ofJoints = loss({ tensor, isLogits }, heatmaps)
      return tf.mean(tf.div(tf.sum(tf.mul(ofJoints, labeled), 1), counted)) as tf.Scalar
    })
  return losses.reduce((sum, value) => tf.add(sum, value))
}

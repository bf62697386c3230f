/** Convolution in groups of channels. TensorFlow.js has it only for one group, and for one group per channel. */
import type { Pair } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { PaddingMode } from './same-padding.ts'

export interface ConvolutionGeometry {
  readonly strides: Pair
  readonly dilations: Pair
  readonly padding: PaddingMode
  readonly groups: number
}

/**
 * @param x `[batch, height, width, in]`
 * @param kernel `[height, width, in / groups, out]`; the outputs of a group follow each other.
 * @returns `[batch, height', width', out]`
 */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, geometry: ConvolutionGeometry): tf.Tensor4D {
  const { padding, groups } = geometry
  const strides = [...geometry.strides] as [number, number]
  const dilations = [...geometry.dilations] as [number, number]
  const [height, width, channels, outputs] = kernel.shape
  if (groups === 1) return tf.conv2d(x, kernel, strides, padding, 'NHWC', dilations)
  if (channels === 1) {
    const depthwise = tf.reshape(kernel, [height, width, groups, outputs / groups]) as tf.Tensor4D
    return tf.depthwiseConv2d(x, depthwise, strides, padding, 'NHWC', dilations)
  }
  const inputs = tf.split(x, groups, 3) as tf.Tensor4D[]
  const kernels = tf.split(kernel, groups, 3) as tf.Tensor4D[]
  const parts = inputs.map((input, group) => tf.conv2d(input, kernels[group], strides, padding, 'NHWC', dilations))
  return tf.concat(parts, 3)
}

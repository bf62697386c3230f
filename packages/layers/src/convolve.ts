/**
 * Convolution with any padding and in groups of channels. TensorFlow.js has groups only for one, and for one per channel; its gradients
 * know `same` and `valid` alone.
 */
import type { Padding, Pair } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { explicitPadding, type PaddingMode } from './padding.ts'

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
  if (geometry.padding !== 'symmetric') return convolveGroups(x, kernel, { ...geometry, padding: geometry.padding })
  const sidesOf = (mode: PaddingMode): Padding => {
    const [, height, width] = x.shape
    return explicitPadding(mode, [height, width], [kernel.shape[0], kernel.shape[1]], geometry.strides, geometry.dilations)
  }
  const sides = sidesOf('symmetric')
  // Where both are one, TensorFlow.js pads without a copy.
  if (String(sides) === String(sidesOf('same'))) return convolveGroups(x, kernel, { ...geometry, padding: 'same' })
  return convolveGroups(padImage(x, sides), kernel, { ...geometry, padding: 'valid' })
}

/** The image with a margin of one value. */
export function padImage(x: tf.Tensor4D, [top, bottom, left, right]: Padding, value = 0): tf.Tensor4D {
  const margins: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
  return tf.pad(x, margins, value)
}

type StockGeometry = ConvolutionGeometry & { readonly padding: 'same' | 'valid' }

function convolveGroups(x: tf.Tensor4D, kernel: tf.Tensor4D, geometry: StockGeometry): tf.Tensor4D {
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

/** Real convolutions and dense layers of classifiers and decoders. */
import type { Padding, Pair } from '@onebit/core'
import { tf } from '../harness.ts'
import { type FloatCase, floatCase, floats } from './compare-operation.ts'

interface Window {
  readonly kernel: number
  readonly stride?: number
  readonly dilation?: number
  /** Height and width. */
  readonly size: number
  readonly from: number
  readonly to: number
}

function attributesOf({ kernel, stride = 1, dilation = 1 }: Window, groups: number) {
  const around = (kernel >> 1) * dilation
  const padding: Padding = [around, around, around, around]
  const [strides, dilations]: Pair[] = [
    [stride, stride],
    [dilation, dilation],
  ]
  return { around, attributes: { strides, dilations, padding, groups } }
}

function label({ kernel, stride = 1, dilation = 1 }: Window): string {
  return `${kernel}x${kernel}${stride > 1 ? `/${stride}` : ''}${dilation > 1 ? `, dilation ${dilation}` : ''}`
}

function convolution(window: Window): FloatCase {
  const { kernel, stride = 1, dilation = 1, size, from, to } = window
  const { around, attributes } = attributesOf(window, 1)
  return floatCase({
    name: `convolution ${label(window)}, ${size}x${size}x${from} to ${to}`,
    op: 'conv2d',
    inputs: [[size, size, from]],
    attributes,
    tensors: { weights: floats(kernel, kernel, from, to), bias: floats(to) },
    theirs: ([x], tensor) => {
      const filter = tensor('weights') as tf.Tensor4D
      const bias = tensor('bias')
      return tf.fused.conv2d({ x: x as tf.Tensor4D, filter, strides: stride, dilations: dilation, pad: around, bias })
    },
  })
}

/** TensorFlow.js has no groups, so it runs one convolution per group, side by side. */
function grouped(window: Window & { readonly groups: number }): FloatCase {
  const { kernel, size, from, to, groups } = window
  const { around, attributes } = attributesOf(window, groups)
  return floatCase({
    name: `convolution ${label(window)}, ${groups} groups, ${size}x${size}x${from} to ${to}`,
    op: 'conv2d',
    inputs: [[size, size, from]],
    attributes,
    tensors: { weights: floats(kernel, kernel, from / groups, to), bias: floats(to) },
    layOut: (tensor) =>
      Object.fromEntries(
        ['weights', 'bias'].flatMap((role) =>
          tf.split(tensor(role), groups, -1).map((part, group) => [`${role} ${group}`, part]),
        ),
      ),
    theirs: ([x], tensor) => {
      const parts = tf.split(x, groups, -1).map((input, group) =>
        tf.fused.conv2d({
          x: input as tf.Tensor4D,
          filter: tensor(`weights ${group}`) as tf.Tensor4D,
          strides: 1,
          pad: around,
          bias: tensor(`bias ${group}`),
        }),
      )
      return tf.concat(parts, -1)
    },
  })
}

function depthwise(size: number, channels: number, kernel: number, stride: number): FloatCase {
  const window = { kernel, stride, size, from: channels, to: channels }
  const { around, attributes } = attributesOf(window, channels)
  return floatCase({
    name: `depthwise ${label(window)}, ${size}x${size}x${channels}`,
    op: 'conv2d',
    inputs: [[size, size, channels]],
    attributes,
    tensors: { weights: floats(kernel, kernel, 1, channels), bias: floats(channels) },
    layOut: (tensor) => ({ weights: tf.reshape(tensor('weights'), [kernel, kernel, channels, 1]) }),
    theirs: ([x], tensor) => {
      const filter = tensor('weights') as tf.Tensor4D
      return tf.fused.depthwiseConv2d({ x: x as tf.Tensor4D, filter, strides: stride, pad: around, bias: tensor('bias') })
    },
  })
}

/** Doubles the size. In TensorFlow.js the output channels come before the input channels. */
function transposed(size: number, from: number, to: number, kernel: number): FloatCase {
  const crop = (kernel - 2) >> 1
  return floatCase({
    name: `transposed ${kernel}x${kernel}/2, ${size}x${size}x${from} to ${to}`,
    op: 'conv2dTranspose',
    inputs: [[size, size, from]],
    attributes: { strides: [2, 2], padding: [crop, kernel - 2 - crop, crop, kernel - 2 - crop] },
    tensors: { weights: floats(kernel, kernel, from, to) },
    layOut: (tensor) => ({ weights: tf.transpose(tensor('weights'), [0, 1, 3, 2]) }),
    theirs: ([x], tensor) => {
      const filter = tensor('weights') as tf.Tensor4D
      return tf.conv2dTranspose(x as tf.Tensor4D, filter, [1, 2 * size, 2 * size, to], 2, 'same')
    },
  })
}

function dense(rows: number, from: number, to: number): FloatCase {
  return floatCase({
    name: `dense, ${rows > 1 ? `${rows} x ` : ''}${from} to ${to}`,
    op: 'dense',
    inputs: [rows > 1 ? [rows, from] : [from]],
    tensors: { weights: floats(from, to), bias: floats(to) },
    theirs: ([x], tensor) => {
      const a = tf.reshape(x, [rows, from]) as tf.Tensor2D
      return tf.fused.matMul({ a, b: tensor('weights') as tf.Tensor2D, bias: tensor('bias') })
    },
  })
}

export function convolutionCases(): FloatCase[] {
  return [
    convolution({ kernel: 7, stride: 2, size: 224, from: 3, to: 64 }),
    convolution({ kernel: 3, stride: 2, size: 224, from: 3, to: 32 }),
    convolution({ kernel: 1, size: 28, from: 64, to: 128 }),
    convolution({ kernel: 1, size: 14, from: 128, to: 256 }),
    convolution({ kernel: 1, size: 7, from: 256, to: 512 }),
    convolution({ kernel: 1, stride: 2, size: 56, from: 64, to: 128 }),
    convolution({ kernel: 3, size: 56, from: 64, to: 64 }),
    convolution({ kernel: 3, size: 28, from: 128, to: 128 }),
    convolution({ kernel: 3, size: 7, from: 512, to: 512 }),
    convolution({ kernel: 3, size: 28, from: 67, to: 61 }),
    convolution({ kernel: 3, dilation: 4, size: 28, from: 64, to: 64 }),
    grouped({ kernel: 3, size: 28, from: 128, to: 128, groups: 4 }),
    grouped({ kernel: 3, size: 14, from: 60, to: 60, groups: 5 }),
    depthwise(112, 32, 3, 1),
    depthwise(56, 144, 3, 2),
    depthwise(14, 576, 3, 1),
    depthwise(28, 67, 5, 1),
    transposed(14, 128, 64, 4),
    transposed(28, 64, 21, 2),
    dense(1, 512, 1000),
    dense(1, 256, 10),
    dense(16, 512, 1000),
    dense(49, 67, 61),
  ]
}

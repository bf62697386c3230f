/**
 * The networks of the whole-network benchmark, at 224 x 224: Real-to-Binary ResNet-18 (real stem, real 1x1 downsampling, gated binary 3x3 layers, each
 * with its shortcut) against float ResNet-18 on TensorFlow.js's WASM backend, batch normalization already folded into fused
 * convolutions there. Random weights.
 */
import { GraphBuilder, type GraphTensor, packSigns } from '@onebit/core'
import { randomFloats, tf } from './harness.ts'

const STAGES = [64, 128, 256, 512]
export const IMAGE = [224, 224, 3] as const

function floats(...shape: number[]): GraphTensor {
  const count = shape.reduce((a, b) => a * b, 1)
  const data = randomFloats(count).map((value) => value * 0.1)
  return { dtype: 'float32', shape, data }
}

const builder = new GraphBuilder()

function affine(input: string, channels: number): string {
  return builder.node('affine', { inputs: [input], tensors: { scale: floats(channels), shift: floats(channels) } })
}

/** Squeeze and excitation of the block's real input: one factor per channel. */
function gate(input: string, from: number, to: number): string {
  const squeezed = builder.node('mean', { inputs: [input], attributes: { axes: [0, 1] } })
  const narrow = builder.node('dense', {
    inputs: [squeezed],
    tensors: { weights: floats(from, from / 8), bias: floats(from / 8) },
  })
  const active = builder.node('activation', { inputs: [narrow], attributes: { function: 'relu' } })
  const wide = builder.node('dense', { inputs: [active], tensors: { weights: floats(from / 8, to), bias: floats(to) } })
  return builder.node('activation', { inputs: [wide], attributes: { function: 'sigmoid' } })
}

function binaryLayer(input: string, from: number, to: number, stride: number): string {
  const first: GraphTensor = { dtype: 'bit', shape: [from], data: new Uint8Array(from / 8).fill(0) }
  const bits = builder.node('threshold', { inputs: [input], tensors: { thresholds: floats(from, 1), first } })
  const weights: GraphTensor = { dtype: 'bit', shape: [to, 3, 3, from], data: packSigns(randomFloats(to * 9 * from)) }
  const attributes = { strides: [stride, stride], padding: [1, 1, 1, 1] } as const
  const sums = builder.node('binaryConv2d', { inputs: [bits], tensors: { weights }, attributes })
  const gated = builder.node('multiply', { inputs: [affine(sums, to), gate(input, from, to)] })
  const active = builder.node('prelu', { inputs: [gated], tensors: { slope: floats(to) } })
  return builder.node('add', { inputs: [active, shortcut(input, from, to, stride)] })
}

function shortcut(input: string, from: number, to: number, stride: number): string {
  if (stride === 1) return input
  const pooled = builder.node('averagePool', { inputs: [input], attributes: { size: [2, 2], strides: [2, 2] } })
  return builder.node('conv2d', { inputs: [pooled], tensors: { weights: floats(1, 1, from, to), bias: floats(to) } })
}

const stem = builder.node('conv2d', {
  inputs: [builder.input('image', IMAGE)],
  tensors: { weights: floats(7, 7, 3, 64), bias: floats(64) },
  attributes: { strides: [2, 2], padding: [3, 3, 3, 3] },
})
const active = builder.node('prelu', { inputs: [stem], tensors: { slope: floats(64) } })
let value = builder.node('maxPool', { inputs: [active], attributes: { size: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] } })
let channels = 64
for (const width of STAGES) {
  for (let layer = 0; layer < 4; layer++) {
    value = binaryLayer(value, channels, width, width > channels ? 2 : 1)
    channels = width
  }
}
const pooled = builder.node('mean', { inputs: [value], attributes: { axes: [0, 1] } })
builder.output('y', builder.node('dense', { inputs: [pooled], tensors: { weights: floats(512, 1000), bias: floats(1000) } }))
export const graph = builder.build()

export function floatResNet(): (image: tf.Tensor4D) => tf.Tensor {
  const convolution = (kernel: number, from: number, to: number, strides: number, activation?: 'relu') => {
    const filter = tf.tensor4d(randomFloats(kernel * kernel * from * to), [kernel, kernel, from, to])
    const bias = tf.tensor1d(randomFloats(to))
    return (x: tf.Tensor4D) => tf.fused.conv2d({ x, filter, strides, pad: kernel >> 1, bias, activation }) as tf.Tensor4D
  }
  const stemOf = convolution(7, 3, 64, 2, 'relu')
  let from = 64
  const blocks = STAGES.flatMap((width) =>
    [0, 1].map(() => {
      const stride = width > from ? 2 : 1
      const first = convolution(3, from, width, stride, 'relu')
      const second = convolution(3, width, width, 1)
      const down = stride === 2 ? convolution(1, from, width, 2) : (x: tf.Tensor4D) => x
      from = width
      return (x: tf.Tensor4D) => tf.relu(tf.add(second(first(x)), down(x))) as tf.Tensor4D
    }),
  )
  const head = tf.tensor2d(randomFloats(512 * 1000), [512, 1000])
  return (image) =>
    tf.tidy(() => {
      const pooledStem = tf.maxPool(stemOf(image), 3, 2, 1)
      const features = blocks.reduce((x, block) => block(x), pooledStem)
      return tf.matMul(tf.mean(features, [1, 2]) as tf.Tensor2D, head)
    })
}

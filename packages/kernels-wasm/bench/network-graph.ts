/**
 * The network of the whole-network benchmark: Real-to-Binary ResNet-18 (Martinez et al., arXiv 2003.11535) at 224 x 224, with a real
 * stem, real 1x1 downsampling and gated binary 3x3 layers, each with its shortcut. Random weights.
 */
import { GraphBuilder, type GraphTensor, packSigns } from '@onebit/core'
import { randomFloats } from './harness.ts'

const STAGES = [64, 128, 256, 512]
export const NETWORK = 'Real-to-Binary ResNet-18'
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
/** Name of the stem's result. */
export const STEM = active
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

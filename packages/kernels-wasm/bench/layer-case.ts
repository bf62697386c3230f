/**
 * One binary layer and TensorFlow.js's float32 convolution of the same shape on its WASM backend, which does none of the rest.
 * Ours is a full layer, float32 in and out (threshold, pack, convolution, scale, shift), or packed in and packed out.
 */
import { type Graph, GraphBuilder, type GraphTensor, packSigns, reference } from '@onebit/core'
import { bind, type Comparison, compare, maximumDifference, randomFloats, same, tf } from './harness.ts'

export interface LayerCase {
  readonly kernel: 1 | 3
  readonly size: number
  readonly channels: number
  readonly packed: boolean
}

export const SHAPES = [
  [56, 64],
  [28, 128],
  [14, 256],
  [7, 512],
] as const

export function caseName({ kernel, size, channels, packed }: LayerCase): string {
  return `${kernel}x${kernel} ${size}x${size}x${channels}, ${packed ? 'packed in and out' : 'full layer'}`
}

function signs(values: Float32Array): Float32Array {
  return values.map((value) => (value >= 0 ? 1 : -1))
}

function thresholdTensors(channels: number): Record<'thresholds' | 'first', GraphTensor> {
  return {
    thresholds: { dtype: 'float32', shape: [channels, 1], data: new Float32Array(channels) },
    first: { dtype: 'bit', shape: [channels], data: new Uint8Array(channels / 8) },
  }
}

export interface LayerResult extends Comparison {
  readonly gmacs: number
  /** Whether every output is the reference backend's, bit for bit, and the peer computes the same but for rounding. */
  readonly verified: boolean
}

interface Data {
  readonly latent: Float32Array
  readonly scale: Float32Array
  readonly shift: Float32Array
}

function graphOf({ kernel, size, channels, packed }: LayerCase, { latent, scale, shift }: Data): Graph {
  const builder = new GraphBuilder()
  const input = builder.input('x', [size, size, channels])
  const bits = builder.node('threshold', { inputs: [input], tensors: thresholdTensors(channels) })
  const around = kernel >> 1
  const sums = builder.node('binaryConv2d', {
    inputs: [bits],
    tensors: { weights: { dtype: 'bit', shape: [channels, kernel, kernel, channels], data: packSigns(latent) } },
    attributes: { padding: [around, around, around, around] },
  })
  const tensors = {
    scale: { dtype: 'float32', shape: [channels], data: scale },
    shift: { dtype: 'float32', shape: [channels], data: shift },
  } as const
  const result = builder.node('affine', { inputs: [sums], tensors })
  const tensorsOfNext = thresholdTensors(channels)
  builder.output('y', packed ? builder.node('threshold', { inputs: [result], tensors: tensorsOfNext }) : result)
  return builder.build()
}

export async function compareLayer(layerCase: LayerCase, rounds?: number): Promise<LayerResult> {
  const { kernel, size, channels, packed } = layerCase
  const input = randomFloats(size * size * channels)
  const latent = randomFloats(channels * kernel * kernel * channels)
  const data = { latent, scale: randomFloats(channels), shift: randomFloats(channels) }
  const graph = graphOf(layerCase, data)
  const layer = await bind(graph)
  layer.write('x', input)
  layer.run()
  const { y: expected } = await (await reference.compile(graph)).run({ x: input })

  const x = tf.tensor4d(signs(input), [1, size, size, channels])
  const outputsFirst = tf.tensor4d(signs(latent), [channels, kernel, kernel, channels])
  const weights = tf.transpose(outputsFirst, [1, 2, 3, 0]) as tf.Tensor4D
  const theirs = (): void => tf.conv2d(x, weights, 1, 'same').dispose()
  const float = tf.tidy(() => tf.add(tf.mul(tf.conv2d(x, weights, 1, 'same'), data.scale), data.shift).dataSync())
  const peerAgrees = packed || maximumDifference(layer.read('y'), float) < 1e-3
  // Packed in: the first step, which packs the input, is left out.
  const compared = await compare(() => layer.run(packed ? 1 : 0), theirs, rounds)
  layer.write('x', input)
  layer.run()
  const verified = peerAgrees && same(layer.read('y'), expected)
  tf.dispose([x, outputsFirst, weights])
  return { ...compared, gmacs: (size * size * channels * channels * kernel * kernel) / compared.ours / 1e6, verified }
}

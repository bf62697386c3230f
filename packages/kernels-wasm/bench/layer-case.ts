/**
 * Compares one binary layer with the rivals' real convolution of the same shape, which does none of the rest. Ours is a full layer,
 * float32 in and out (threshold, pack, convolution, scale, shift), or packed in and packed out.
 */
import { type Graph, GraphBuilder, type GraphTensor, packSigns, reference } from '@onebit/core'
import { type BoundGraph, bind, compareAll, randomFloats, same } from './harness.ts'
import { loadPeers, type Peer } from './peers/peer.ts'
import { report } from './report.ts'

export interface LayerShape {
  readonly kernel: 1 | 3
  readonly size: number
  readonly channels: number
}

/** The four shapes of ResNet-18: size and channels. */
const STAGES = [
  [56, 64],
  [28, 128],
  [14, 256],
  [7, 512],
] as const

export const LAYERS: readonly LayerShape[] = ([3, 1] as const).flatMap((kernel) =>
  STAGES.map(([size, channels]) => ({ kernel, size, channels })),
)

interface Data {
  readonly latent: Float32Array
  readonly scale: Float32Array
  readonly shift: Float32Array
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

function binaryLayer({ kernel, size, channels }: LayerShape, { latent, scale, shift }: Data, packed: boolean): Graph {
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
  // A returned value is packed. Otherwise a 1x1 layer's threshold would write the layer's panel.
  if (packed) builder.output('bits', bits)
  return builder.build()
}

/** Only the convolution, on the same signs as real numbers. */
function realConvolution({ kernel, size, channels }: LayerShape, { latent }: Data): Graph {
  const outputsFirst = signs(latent)
  const inputs = outputsFirst.length / channels
  const data = outputsFirst.map((_, index) => outputsFirst[(index % channels) * inputs + Math.floor(index / channels)])
  const builder = new GraphBuilder()
  const around = kernel >> 1
  const sums = builder.node('conv2d', {
    inputs: [builder.input('x', [size, size, channels])],
    tensors: { weights: { dtype: 'float32', shape: [kernel, kernel, channels, channels], data } },
    attributes: { padding: [around, around, around, around] },
  })
  builder.output('y', sums)
  return builder.build()
}

interface OwnLayer extends BoundGraph {
  /** True if a run now gives the reference backend's bits. */
  verify(): boolean
}

async function ownLayer(graph: Graph, input: Float32Array): Promise<OwnLayer> {
  const layer = await bind(graph)
  const { y: expected } = await (await reference.compile(graph)).run({ x: input })
  const verify = (): boolean => {
    layer.write('x', input)
    layer.run()
    return same(layer.read('y'), expected)
  }
  return { ...layer, verify }
}

export async function compareLayer(shape: LayerShape, peers: readonly Peer[], rounds: number): Promise<void> {
  const { kernel, size, channels } = shape
  const latent = randomFloats(channels * kernel * kernel * channels)
  const data = { latent, scale: randomFloats(channels), shift: randomFloats(channels) }
  const input = randomFloats(size * size * channels)
  const full = await ownLayer(binaryLayer(shape, data, false), input)
  const packed = await ownLayer(binaryLayer(shape, data, true), input)
  const rivals = await loadPeers(peers, realConvolution(shape, data), signs(input))
  const right = full.verify() && packed.verify()
  const compared = await compareAll(
    {
      full: () => full.run(),
      // The input is packed already, so the run leaves out the first step, which packs it.
      packed: () => packed.run(1),
      ...Object.fromEntries(rivals.map(({ name, run }) => [name, run])),
    },
    rounds,
  )
  const name = `${kernel}x${kernel} ${size}x${size}x${channels}`
  report(`${name}, full layer`, compared, { name: 'full', verified: right && full.verify() }, rivals)
  report(`${name}, packed in and out`, compared, { name: 'packed', verified: right && packed.verify() }, rivals)
  for (const rival of rivals) rival.dispose()
}

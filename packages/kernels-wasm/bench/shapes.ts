/**
 * Compares binary layers of less usual shapes, packed bits in and accumulators out, with TensorFlow.js's float32 convolution of the same
 * shape: large windows, dilation, groups, depthwise, odd channels, transposed, dense. Full layers take and give float32: threshold,
 * sums, scale and shift, PReLU.
 */
import { GraphBuilder, type GraphTensor, packSigns, reference } from '@onebit/core'
import { bind, compareAll, randomFloats, same, tf } from './harness.ts'
import { tfjsWasm } from './peers/tfjs.ts'
import { finish, report } from './report.ts'

const ROUNDS = 11

interface Shape {
  readonly name: string
  readonly size: number
  readonly channels: number
  readonly outputs: number
  readonly window: number
  readonly stride?: number
  readonly dilation?: number
  readonly groups?: number
  readonly transposed?: boolean
  readonly full?: boolean
}

const SHAPES: readonly Shape[] = [
  { name: '5x5', size: 28, channels: 64, outputs: 64, window: 5 },
  { name: '7x7', size: 28, channels: 64, outputs: 64, window: 7 },
  { name: '3x3/2', size: 56, channels: 64, outputs: 128, window: 3, stride: 2 },
  { name: '3x3, dilation 6', size: 32, channels: 128, outputs: 128, window: 3, dilation: 6 },
  { name: '3x3, dilation 24', size: 64, channels: 64, outputs: 64, window: 3, dilation: 24 },
  { name: '3x3, 4 groups', size: 28, channels: 128, outputs: 128, window: 3, groups: 4 },
  { name: '3x3 depthwise', size: 28, channels: 128, outputs: 128, window: 3, groups: 128 },
  { name: '3x3, odd channels', size: 28, channels: 67, outputs: 61, window: 3 },
  { name: 'transposed 4x4/2', size: 14, channels: 256, outputs: 128, window: 4, stride: 2, transposed: true },
  { name: 'transposed 3x3/2', size: 28, channels: 128, outputs: 64, window: 3, stride: 2, transposed: true },
  { name: 'full transposed 4x4/2', size: 14, channels: 256, outputs: 128, window: 4, stride: 2, transposed: true, full: true },
  { name: 'full transposed 4x4/2', size: 28, channels: 128, outputs: 64, window: 4, stride: 2, transposed: true, full: true },
]

/** Weights of both sides: bits `[out, height, width, in / groups]`, and the same as floats with axes in TensorFlow.js's order. */
function makeWeights(shape: readonly number[], order: number[]): { bits: GraphTensor; floats: tf.Tensor } {
  const signs = randomFloats(shape.reduce((a, b) => a * b, 1)).map((value) => (value >= 0 ? 1 : -1))
  const floats = tf.tidy(() => tf.transpose(tf.tensor(signs, [...shape]), order))
  return { bits: { dtype: 'bit', shape, data: packSigns(signs) }, floats }
}

function sign(builder: GraphBuilder, shape: readonly number[]): string {
  const tensors = {
    thresholds: { dtype: 'float32', shape: [1, 1], data: new Float32Array(1) },
    first: { dtype: 'bit', shape: [1], data: new Uint8Array(1) },
  } as const
  const bits = builder.node('threshold', { inputs: [builder.input('x', shape)], tensors })
  // A returned value is packed. Otherwise a dense layer's threshold would write the layer's panel.
  builder.output('bits', bits)
  return bits
}

/** Scale, shift and PReLU. */
function activate(builder: GraphBuilder, sums: string): string {
  const channels = builder.type(sums).shape.at(-1)!
  const floats = (): GraphTensor => ({ dtype: 'float32', shape: [channels], data: randomFloats(channels) })
  const scaled = builder.node('affine', { inputs: [sums], tensors: { scale: floats(), shift: floats() } })
  return builder.node('prelu', { inputs: [scaled], tensors: { slope: floats() } })
}

interface Layer {
  readonly name: string
  readonly shape: readonly number[]
  readonly builder: GraphBuilder
  /** Name of the accumulators' value. */
  readonly sums: string
  readonly full?: boolean
  /** The same sums of an input of -1 and +1. */
  theirs(x: tf.Tensor): tf.Tensor
}

async function compareLayer({ name, shape, builder, sums, full = false, theirs }: Layer): Promise<void> {
  builder.output('y', full ? activate(builder, sums) : sums)
  const graph = builder.build()
  const input = randomFloats(shape.reduce((a, b) => a * b, 1))
  const layer = await bind(graph)
  layer.write('x', input)
  layer.run()
  const both = { ...graph, outputs: [...graph.outputs, { name: 'sums', value: sums }] }
  const expected = await (await reference.compile(both)).run({ x: input })
  const x = tf.tensor(
    input.map((value) => (value >= 0 ? 1 : -1)),
    [1, ...shape],
  )
  const verified = same(layer.read('y'), expected.y)
  const float = tf.tidy(() => theirs(x).dataSync())
  // The first step packs the input.
  const first = full ? 0 : 1
  const compared = await compareAll({ ours: () => layer.run(first), [peer]: () => theirs(x).dispose() }, ROUNDS)
  report(name, compared, { name: 'ours', verified }, [{ name: peer, verified: same(float, expected.sums) }])
  x.dispose()
}

async function compareShape(layer: Shape): Promise<void> {
  const { name, size, channels, outputs, window, stride = 1, dilation = 1, groups = 1, transposed, full } = layer
  const shape = [size, size, channels]
  const builder = new GraphBuilder()
  const inputs = [sign(builder, shape)]
  const pad = transposed ? (window - stride) >> 1 : ((window - 1) * dilation) >> 1
  const around = [pad, pad, pad, pad] as const
  const weightShape = [outputs, window, window, channels / groups]
  const depthwise = groups > 1 && groups === channels
  const order = transposed ? [1, 2, 0, 3] : depthwise ? [1, 2, 0, 3] : [1, 2, 3, 0]
  const { bits, floats } = makeWeights(weightShape, order)
  const filter = floats as tf.Tensor4D
  const strides = [stride, stride] as const
  const sums = transposed
    ? builder.node('binaryConv2dTranspose', { inputs, tensors: { weights: bits }, attributes: { strides, padding: around } })
    : builder.node('binaryConv2d', {
        inputs,
        tensors: { weights: bits },
        attributes: { strides, padding: around, dilations: [dilation, dilation], groups },
      })
  const [height, width] = builder.type(sums).shape
  const theirs = (x: tf.Tensor): tf.Tensor => {
    const image = x as tf.Tensor4D
    if (transposed) return tf.conv2dTranspose(image, filter, [1, height, width, outputs], stride, pad)
    if (depthwise) return tf.depthwiseConv2d(image, filter, stride, pad)
    if (groups === 1) return tf.conv2d(image, filter, stride, pad, 'NHWC', dilation)
    // TensorFlow.js has no groups, so this cuts, convolves and joins.
    return tf.tidy(() => {
      const filters = tf.split<tf.Tensor4D>(filter as tf.Tensor4D, groups, 3)
      return tf.concat(
        tf.split<tf.Tensor4D>(image, groups, 3).map((part, group) => tf.conv2d(part, filters[group], stride, pad)),
        3,
      )
    })
  }
  await compareLayer({ name: `${name}, ${size}x${size}x${channels} to ${outputs}`, shape, builder, sums, full, theirs })
  floats.dispose()
}

/** `rows` rows of one sample share the weights. */
async function compareDense(rows: number, features: number, outputs: number): Promise<void> {
  const builder = new GraphBuilder()
  const { bits, floats } = makeWeights([outputs, features], [1, 0])
  const inputs = [sign(builder, [rows, features])]
  const sums = builder.node('binaryDense', { inputs, tensors: { weights: bits } })
  const theirs = (x: tf.Tensor): tf.Tensor => tf.tidy(() => tf.matMul(tf.reshape(x, [rows, features]), floats as tf.Tensor2D))
  await compareLayer({ name: `dense, ${rows} x ${features} to ${outputs}`, shape: [rows, features], builder, sums, theirs })
  floats.dispose()
}

const { name: peer } = await tfjsWasm()
for (const shape of SHAPES) await compareShape(shape)
for (const rows of [1, 16, 64]) await compareDense(rows, 1024, 1024)
finish()

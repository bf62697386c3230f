/** Real operations of classifiers and decoders, one by one, against TensorFlow.js's WASM backend (XNNPACK) on the same shapes. */
import { GraphBuilder, type GraphTensor, type OpAttributes, type OpName, reference } from '@onebit/core'
import { bind, compareAll, randomFloats, relativeError, same, tf } from './harness.ts'
import { FLOAT32_TOLERANCE } from './peers/peer.ts'
import { tfjsWasm } from './peers/tfjs.ts'
import { finish, report } from './report.ts'

const ROUNDS = 9

interface FloatCase<Op extends OpName> {
  readonly name: string
  readonly op: Op
  readonly shape: readonly number[]
  readonly attributes?: Partial<OpAttributes[Op]>
  readonly tensors?: Readonly<Record<string, GraphTensor>>
  /** The same on TensorFlow.js; `tensor` gives the weights of a role. */
  theirs(x: tf.Tensor4D, tensor: (role: string) => tf.Tensor): tf.Tensor
}

function floats(...shape: number[]): GraphTensor {
  return { dtype: 'float32', shape, data: randomFloats(shape.reduce((a, b) => a * b, 1)) }
}

async function compareOperation<Op extends OpName>(peer: string, operation: FloatCase<Op>): Promise<void> {
  const { name, op, shape, attributes, tensors = {}, theirs } = operation
  const builder = new GraphBuilder()
  builder.output('y', builder.node<Op>(op, { inputs: [builder.input('x', shape)], attributes, tensors }))
  const graph = builder.build()
  const input = randomFloats(shape.reduce((a, b) => a * b, 1))
  const { y: expected } = await (await reference.compile(graph)).run({ x: input })
  const layer = await bind(graph)
  const verify = (): boolean => {
    layer.write('x', input)
    layer.run()
    return same(layer.read('y'), expected)
  }
  const uploaded = Object.entries(tensors).map(
    ([role, { shape: of, data }]) => [role, tf.tensor(data as Float32Array, of as number[])] as const,
  )
  const weights = new Map(uploaded)
  const x: tf.Tensor = tf.tensor(input, [1, ...shape])
  const run = (): tf.Tensor => tf.tidy(() => theirs(x as tf.Tensor4D, (role) => weights.get(role)!))
  const answer = run()
  const verified = relativeError(answer.dataSync(), expected) <= FLOAT32_TOLERANCE
  const right = verify()
  const compared = await compareAll({ ours: () => layer.run(), [peer]: () => run().dispose() }, ROUNDS)
  report(name, compared, { name: 'ours', verified: right && verify() }, [{ name: peer, verified }])
  tf.dispose([answer, x, ...weights.values()])
}

/** Of `[size, input channels, output channels, kernel, stride]`, padded by half the kernel. */
function convolution([size, from, to, kernel, stride]: readonly number[]): FloatCase<'conv2d'> {
  const around = kernel >> 1
  return {
    name: `convolution ${kernel}x${kernel}/${stride}, ${size}x${size}x${from} to ${to}`,
    op: 'conv2d',
    shape: [size, size, from],
    attributes: { strides: [stride, stride], padding: [around, around, around, around] },
    tensors: { weights: floats(kernel, kernel, from, to), bias: floats(to) },
    theirs: (x, tensor) =>
      tf.fused.conv2d({ x, filter: tensor('weights') as tf.Tensor4D, strides: stride, pad: around, bias: tensor('bias') }),
  }
}

function depthwise(size: number, channels: number, stride: number): FloatCase<'conv2d'> {
  return {
    name: `depthwise 3x3/${stride}, ${size}x${size}x${channels}`,
    op: 'conv2d',
    shape: [size, size, channels],
    attributes: { strides: [stride, stride], padding: [1, 1, 1, 1], groups: channels },
    tensors: { weights: floats(3, 3, 1, channels), bias: floats(channels) },
    theirs: (x, tensor) => {
      const filter = tf.reshape(tensor('weights'), [3, 3, channels, 1]) as tf.Tensor4D
      return tf.fused.depthwiseConv2d({ x, filter, strides: stride, pad: 1, bias: tensor('bias') })
    },
  }
}

function dense(from: number, to: number): FloatCase<'dense'> {
  return {
    name: `dense, ${from} to ${to}`,
    op: 'dense',
    shape: [from],
    tensors: { weights: floats(from, to), bias: floats(to) },
    theirs: (x, tensor) =>
      tf.fused.matMul({ a: x as tf.Tensor as tf.Tensor2D, b: tensor('weights') as tf.Tensor2D, bias: tensor('bias') }),
  }
}

function maxPool(size: number, channels: number): FloatCase<'maxPool'> {
  return {
    name: `largest of 3x3/2, ${size}x${size}x${channels}`,
    op: 'maxPool',
    shape: [size, size, channels],
    attributes: { size: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
    theirs: (x) => tf.maxPool(x, 3, 2, 1),
  }
}

function averagePool(size: number, channels: number): FloatCase<'averagePool'> {
  return {
    name: `mean of 2x2/2, ${size}x${size}x${channels}`,
    op: 'averagePool',
    shape: [size, size, channels],
    attributes: { size: [2, 2], strides: [2, 2] },
    theirs: (x) => tf.avgPool(x, 2, 2, 'valid'),
  }
}

function globalMean(size: number, channels: number): FloatCase<'mean'> {
  return {
    name: `global mean, ${size}x${size}x${channels}`,
    op: 'mean',
    shape: [size, size, channels],
    attributes: { axes: [0, 1] },
    theirs: (x) => tf.mean(x, [1, 2]),
  }
}

function bilinear(size: number, channels: number): FloatCase<'resize'> {
  const doubled: [number, number] = [2 * size, 2 * size]
  return {
    name: `bilinear to twice the size, ${size}x${size}x${channels}`,
    op: 'resize',
    shape: [size, size, channels],
    attributes: { size: doubled, method: 'bilinear', halfPixelCenters: true },
    theirs: (x) => tf.image.resizeBilinear(x, doubled, false, true),
  }
}

function softmax(classes: number): FloatCase<'softmax'> {
  return { name: `softmax, ${classes}`, op: 'softmax', shape: [classes], theirs: (x) => tf.softmax(x as tf.Tensor) }
}

const { name: peer } = await tfjsWasm()
const CONVOLUTIONS = [
  [224, 3, 64, 7, 2],
  [224, 3, 32, 3, 2],
  [28, 64, 128, 1, 1],
  [14, 128, 256, 1, 1],
  [7, 256, 512, 1, 1],
  [56, 64, 128, 1, 2],
  [56, 64, 64, 3, 1],
  [28, 128, 128, 3, 1],
  [7, 512, 512, 3, 1],
]
for (const shape of CONVOLUTIONS) await compareOperation(peer, convolution(shape))
await compareOperation(peer, depthwise(112, 32, 1))
await compareOperation(peer, depthwise(56, 144, 2))
await compareOperation(peer, dense(512, 1000))
await compareOperation(peer, maxPool(112, 64))
await compareOperation(peer, averagePool(56, 64))
await compareOperation(peer, globalMean(7, 512))
await compareOperation(peer, bilinear(28, 128))
await compareOperation(peer, softmax(1000))
finish()

/** The graph can express the architectures of the field. Each test builds a small one and checks it against another computation. */
import { bitTensor, floatTensor, plainSign, Random, SEED } from '@onebit/testkit/random'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { runGraph } from '../../test/run-graph.ts'
import type { GraphTensor } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { withOutputs } from './with-outputs.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  await tf.ready()
})

const random = new Random(SEED)
const signOf = (x: tf.Tensor): tf.Tensor => tf.where(x.greaterEqual(0), tf.onesLike(x), tf.onesLike(x).neg())
const image = (height: number, width: number, channels: number) => {
  const data = random.floats(2 * height * width * channels)
  return { data, tensor: tf.tensor4d(data, [2, height, width, channels]) }
}

interface BinaryConvolution {
  readonly weights: GraphTensor
  /** `[height, width, in, out]` of +-1 */
  readonly filter: tf.Tensor4D
}

function binaryConvolution(outputs: number, size: number, inputs: number): BinaryConvolution {
  const values = random.floats(outputs * size * size * inputs).map((x) => (x >= 0 ? 1 : -1))
  const filter = tf.transpose(tf.tensor4d(values, [outputs, size, size, inputs]), [1, 2, 3, 0])
  return { weights: bitTensor([outputs, size, size, inputs], values), filter }
}

/** sign, binary 3 x 3 convolution padded with zeros, as floats. */
function binaryBlock(builder: GraphBuilder, input: string, { weights }: BinaryConvolution, dilation = 1): string {
  const bits = builder.node('threshold', { inputs: [input], tensors: plainSign() })
  const padding = [dilation, dilation, dilation, dilation] as const
  const sums = builder.node('binaryConv2d', {
    inputs: [bits],
    attributes: { padding, dilations: [dilation, dilation] },
    tensors: { weights },
  })
  return builder.node('toFloat', { inputs: [sums] })
}

function expectedBlock(x: tf.Tensor, { filter }: BinaryConvolution, dilation = 1): tf.Tensor4D {
  return tf.conv2d(signOf(x) as tf.Tensor4D, filter, 1, 'same', 'NHWC', dilation)
}

async function check(
  builder: GraphBuilder,
  inputs: Record<string, Float32Array>,
  expected: Record<string, tf.Tensor>,
): Promise<void> {
  const outputs = await runGraph(builder.build(), inputs)
  expect(Object.keys(outputs)).toEqual(Object.keys(expected))
  for (const [name, tensor] of Object.entries(expected)) {
    const values = tensor.dataSync() as Float32Array
    expect(outputs[name].length, name).toBe(values.length)
    const worst = values.reduce((most, x, i) => Math.max(most, Math.abs(x - outputs[name][i])), 0)
    expect(worst, `${name}, ONEBIT_SEED=${SEED}`).toBeLessThanOrEqual(1e-4)
  }
}

describe('the graph can express', () => {
  it('several inputs and outputs, and named feature taps', async () => {
    const [a, b] = [image(4, 4, 3), image(4, 4, 3)]
    const builder = new GraphBuilder()
    builder.input('left', [4, 4, 3])
    builder.input('right', [4, 4, 3])
    const sum = builder.node('add', { name: 'sum', inputs: ['left', 'right'] })
    const stack = builder.node('concat', { inputs: ['left', sum], attributes: { axis: 2 } })
    builder.output('stack', stack)
    builder.output('pooled', builder.node('mean', { inputs: [stack], attributes: { axes: [0, 1] } }))
    const expectedStack = tf.concat([a.tensor, a.tensor.add(b.tensor)], 3)
    await check(builder, { left: a.data, right: b.data }, { stack: expectedStack, pooled: tf.mean(expectedStack, [1, 2]) })
    const tapped = await runGraph(withOutputs(builder.build(), ['sum', 'left']), { left: a.data, right: b.data })
    expect(tapped.left).toEqual(a.data)
    expect(tapped.sum).toEqual(a.data.map((x, i) => x + b.data[i]))
  })

  it('skip connections across scales, as in an hourglass', async () => {
    const x = image(8, 6, 5)
    const [down, up, skip] = [1, 2, 3].map(() => binaryConvolution(5, 3, 5))
    const builder = new GraphBuilder()
    builder.input('x', [8, 6, 5])
    const low = builder.node('maxPool', { inputs: ['x'], attributes: { size: [2, 2], strides: [2, 2] } })
    const inner = builder.node('add', { inputs: [binaryBlock(builder, low, down), low] })
    const back = builder.node('resize', { inputs: [binaryBlock(builder, inner, up)], attributes: { size: [8, 6] } })
    builder.output('heat', builder.node('add', { inputs: [back, binaryBlock(builder, 'x', skip)] }))
    const expectedLow = tf.maxPool(x.tensor, 2, 2, 'valid')
    const expectedInner = expectedBlock(expectedLow, down).add(expectedLow)
    const expectedBack = tf.image.resizeNearestNeighbor(expectedBlock(expectedInner, up), [8, 6])
    await check(builder, { x: x.data }, { heat: expectedBack.add(expectedBlock(x.tensor, skip)) })
  })

  it('dilated branches side by side, summed', async () => {
    const x = image(7, 7, 4)
    const branches = [1, 2, 3].map((dilation) => ({ dilation, convolution: binaryConvolution(3, 3, 4) }))
    const builder = new GraphBuilder()
    builder.input('x', [7, 7, 4])
    const values = branches.map(({ dilation, convolution }) => binaryBlock(builder, 'x', convolution, dilation))
    builder.output(
      'y',
      values.reduce((sum, value) => builder.node('add', { inputs: [sum, value] })),
    )
    const expected = branches.map(({ dilation, convolution }) => expectedBlock(x.tensor, convolution, dilation))
    await check(builder, { x: x.data }, { y: tf.addN(expected) })
  })

  it('a head of transposed convolutions', async () => {
    const x = image(3, 4, 4)
    const weights = floatTensor([4, 4, 4, 2], random.floats(128))
    const builder = new GraphBuilder()
    builder.input('x', [3, 4, 4])
    const attributes = { strides: [2, 2], padding: [1, 1, 1, 1] } as const
    builder.output('y', builder.node('conv2dTranspose', { inputs: ['x'], attributes, tensors: { weights } }))
    const filter = tf.transpose(tf.tensor4d(weights.data, [4, 4, 4, 2]), [0, 1, 3, 2])
    await check(builder, { x: x.data }, { y: tf.conv2dTranspose(x.tensor, filter, [2, 6, 8, 2], 2, 'same') })
  })

  it('a channel gate', async () => {
    const x = image(4, 4, 8)
    const [squeeze, expand] = [floatTensor([8, 2], random.floats(16)), floatTensor([2, 8], random.floats(16))]
    const builder = new GraphBuilder()
    builder.input('x', [4, 4, 8])
    let gate = builder.node('mean', { inputs: ['x'], attributes: { axes: [0, 1], keepDimensions: true } })
    gate = builder.node('dense', { inputs: [gate], tensors: { weights: squeeze } })
    gate = builder.node('activation', { inputs: [gate], attributes: { function: 'relu' } })
    gate = builder.node('dense', { inputs: [gate], tensors: { weights: expand } })
    gate = builder.node('activation', { inputs: [gate], attributes: { function: 'sigmoid' } })
    builder.output('y', builder.node('multiply', { inputs: ['x', gate] }))
    const hidden = tf.relu(tf.matMul(tf.mean(x.tensor, [1, 2]) as tf.Tensor2D, tf.tensor2d(squeeze.data, [8, 2])))
    const expected = tf.sigmoid(tf.matMul(hidden, tf.tensor2d(expand.data, [2, 8]))).reshape([2, 1, 1, 8])
    await check(builder, { x: x.data }, { y: x.tensor.mul(expected) })
  })

  it('binarizers of several thresholds, by hand', async () => {
    const builder = new GraphBuilder()
    builder.input('x', [2])
    const inf = Number.POSITIVE_INFINITY
    const tensors = { thresholds: floatTensor([2, 3], [-1, 0.5, 2, 0, inf, inf]), first: bitTensor([2], [1, -1]) }
    builder.output('bits', builder.node('threshold', { inputs: ['x'], tensors }))
    const { bits } = await runGraph(builder.build(), { x: Float32Array.of(-2, -1, -1, 0, 0.4, 1, 0.5, 9, 2, -9) })
    expect([...bits]).toEqual([1, -1, -1, 1, -1, 1, 1, 1, -1, -1])
  })

  it('parallel binary bases with averaging, as in Group-Net', async () => {
    const x = image(5, 5, 6)
    const bases = Array.from({ length: 3 }, () => ({ convolution: binaryConvolution(4, 3, 6), shift: random.floats(6) }))
    const builder = new GraphBuilder()
    builder.input('x', [5, 5, 6])
    const ones = floatTensor([1], [1])
    const values = bases.map(({ convolution, shift }) => {
      const shifted = builder.node('affine', { inputs: ['x'], tensors: { scale: ones, shift: floatTensor([6], shift) } })
      return binaryBlock(builder, shifted, convolution)
    })
    const sum = values.reduce((total, value) => builder.node('add', { inputs: [total, value] }))
    const average = { scale: floatTensor([1], [1 / 3]), shift: floatTensor([1], [0]) }
    builder.output('y', builder.node('affine', { inputs: [sum], tensors: average }))
    const expected = bases.map(({ convolution, shift }) => expectedBlock(x.tensor.add(tf.tensor1d(shift)), convolution))
    await check(builder, { x: x.data }, { y: tf.addN(expected).div(3) })
  })

  it('one tensor in two nodes', async () => {
    const x = image(4, 4, 3)
    const shared = binaryConvolution(3, 3, 3)
    const builder = new GraphBuilder()
    builder.input('x', [4, 4, 3])
    const bits = builder.node('threshold', { inputs: ['x'], tensors: plainSign() })
    const attributes = { padding: [1, 1, 1, 1] } as const
    const first = builder.node('binaryConv2d', {
      name: 'first',
      inputs: [bits],
      attributes,
      tensors: { weights: shared.weights },
    })
    const again = builder.node('threshold', { inputs: [first], tensors: plainSign() })
    builder.output('y', builder.node('binaryConv2d', { inputs: [again], attributes, tensors: { weights: 'first.weights' } }))
    expect(builder.build().tensors.has('first.weights')).toBe(true)
    await check(builder, { x: x.data }, { y: expectedBlock(expectedBlock(x.tensor, shared), shared) })
  })

  it('a hierarchical block of concatenated halves', async () => {
    const x = image(4, 4, 8)
    const [a, b, c] = [binaryConvolution(4, 3, 8), binaryConvolution(2, 3, 4), binaryConvolution(2, 3, 2)]
    const builder = new GraphBuilder()
    builder.input('x', [4, 4, 8])
    const one = binaryBlock(builder, 'x', a)
    const two = binaryBlock(builder, one, b)
    const three = binaryBlock(builder, two, c)
    const joined = builder.node('concat', { inputs: [one, two, three], attributes: { axis: 2 } })
    builder.output('y', builder.node('add', { inputs: [joined, 'x'] }))
    const first = expectedBlock(x.tensor, a)
    const second = expectedBlock(first, b)
    await check(builder, { x: x.data }, { y: tf.concat([first, second, expectedBlock(second, c)], 3).add(x.tensor) })
  })

  it('levels of 0 and 1, as DoReFa activations have them', async () => {
    const x = image(3, 3, 4)
    const builder = new GraphBuilder()
    builder.input('x', [3, 3, 4])
    const tensors = { thresholds: floatTensor([1, 1], [0.5]), first: bitTensor([1], [-1]) }
    const bits = builder.node('threshold', { inputs: ['x'], tensors })
    const levels = { scale: floatTensor([1], [0.5]), shift: floatTensor([1], [0.5]) }
    const float = builder.node('toFloat', { inputs: [bits] })
    const binary = builder.node('affine', { inputs: [float], tensors: levels })
    const convolution = binaryConvolution(3, 3, 4)
    builder.output(
      'y',
      builder.node('conv2d', {
        inputs: [binary],
        attributes: { padding: [1, 1, 1, 1] },
        tensors: { weights: convolution.weights },
      }),
    )
    const expected = tf.conv2d(x.tensor.greaterEqual(0.5).toFloat() as tf.Tensor4D, convolution.filter, 1, 'same')
    await check(builder, { x: x.data }, { y: expected })
  })

  it('the input scales of XNOR-Net', async () => {
    const x = image(5, 5, 4)
    const convolution = binaryConvolution(3, 3, 4)
    const builder = new GraphBuilder()
    builder.input('x', [5, 5, 4])
    const magnitude = builder.node('activation', { inputs: ['x'], attributes: { function: 'absolute' } })
    const average = builder.node('mean', { inputs: [magnitude], attributes: { axes: [2], keepDimensions: true } })
    const box = floatTensor([3, 3, 1, 1], new Float32Array(9).fill(1 / 9))
    const scales = builder.node('conv2d', { inputs: [average], attributes: { padding: [1, 1, 1, 1] }, tensors: { weights: box } })
    builder.output('y', builder.node('multiply', { inputs: [binaryBlock(builder, 'x', convolution), scales] }))
    const map = tf.conv2d(tf.mean(tf.abs(x.tensor), 3, true) as tf.Tensor4D, tf.fill([3, 3, 1, 1], 1 / 9), 1, 'same')
    await check(builder, { x: x.data }, { y: expectedBlock(x.tensor, convolution).mul(map) })
  })

  it('a learned constant, the same for every sample', async () => {
    const x = image(2, 2, 3)
    const value = floatTensor([2, 2, 1], [1, 2, 3, 4])
    const builder = new GraphBuilder()
    builder.input('x', [2, 2, 3])
    builder.output('y', builder.node('multiply', { inputs: ['x', builder.node('constant', { tensors: { value } })] }))
    await check(builder, { x: x.data }, { y: x.tensor.mul(tf.tensor3d(value.data, [2, 2, 1])) })
  })

  it('a value that is returned twice, and an input that is returned', async () => {
    const builder = new GraphBuilder()
    builder.input('x', [9])
    const sums = builder.node('binaryDense', {
      inputs: [builder.node('threshold', { inputs: ['x'], tensors: plainSign() })],
      tensors: { weights: random.bitTensor(2, 9) },
    })
    builder.output('a', sums)
    builder.output('b', sums)
    builder.output('same', 'x')
    const x = random.floats(9)
    const { a, b, same } = await runGraph(builder.build(), { x })
    expect(a).toBeInstanceOf(Int32Array)
    expect(b).toEqual(a)
    expect(b.buffer).not.toBe(a.buffer)
    expect(same).toEqual(x)
    expect(same.buffer).not.toBe(x.buffer)
  })
})

/**
 * Compares the reference backend with TensorFlow.js on its cpu backend. Float ops agree to 1e-5 of the largest value. Binary ops agree
 * exactly with dense convolutions of +-1, because their float sums are exact integers.
 */
import { bitTensor, floatTensor, Random, SEED } from '@onebit/testkit/random'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Operand, runOp } from '../../test/run-graph.ts'
import { elementCount, type GraphTensor } from '../graph/graph.ts'
import { ACTIVATION_FUNCTIONS, type ActivationFunction } from '../graph/ops/pointwise.ts'
import type { Padding, PaddingValue, Pair } from '../index.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  await tf.ready()
})

const ROUNDS = 8
const random = new Random(SEED)

function operand(shape: readonly number[], low = -2, high = 2): Operand {
  return { shape, data: random.floats(elementCount(shape), low, high) }
}

const signs = (values: Float32Array): Float32Array => values.map((x) => (x >= 0 ? 1 : -1))
const asTensor = ({ shape, data }: Operand | GraphTensor): tf.Tensor => tf.tensor(data, [...shape])
const randomPair = (low: number, high: number): Pair => [random.integer(low, high), random.integer(low, high)]
const randomPadding = (): Padding => [random.integer(0, 2), random.integer(0, 2), random.integer(0, 2), random.integer(0, 2)]

/** The tensor with rows and columns of `value` around each image. */
function padded(x: tf.Tensor, [top, bottom, left, right]: Padding, value: number): tf.Tensor4D {
  return tf.pad(
    x as tf.Tensor4D,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    value,
  )
}

/** Throws unless shape and values agree, values to 1e-5 of the largest or exactly. */
function expectClose({ data, shape }: Awaited<ReturnType<typeof runOp>>, expected: tf.Tensor, exact = false): void {
  const message = `ONEBIT_SEED=${SEED}`
  expect(shape, message).toEqual(expected.shape.slice(1))
  const values = expected.dataSync() as Float32Array
  expect(data.length, message).toBe(values.length)
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 1)
  const tolerance = exact ? 0 : 1e-5 * largest
  let worst = 0
  for (let i = 0; i < values.length; i++) worst = Math.max(worst, Math.abs(data[i] - values[i]))
  expect(worst, message).toBeLessThanOrEqual(tolerance)
}

function rounds(body: () => Promise<void>): () => Promise<void> {
  return async () => {
    tf.engine().startScope()
    for (let round = 0; round < ROUNDS; round++) await body()
    tf.engine().endScope()
  }
}

/** Kernel, strides and dilations that fit an image. TensorFlow.js takes strides or dilations, not both. */
function window(): { size: Pair; strides: Pair; dilations: Pair; image: number[] } {
  const dilated = random.next() < 0.4
  const size = randomPair(1, 3)
  const dilations: Pair = dilated ? randomPair(1, 2) : [1, 1]
  const image = [
    random.integer(1, 2),
    size[0] * 2 + random.integer(0, 5),
    size[1] * 2 + random.integer(0, 5),
    random.integer(1, 6),
  ]
  return { size, strides: dilated ? [1, 1] : randomPair(1, 3), dilations, image }
}

describe('convolutions', () => {
  it(
    'conv2d with strides, dilations, padding and bias',
    rounds(async () => {
      const { size, strides, dilations, image } = window()
      const x = operand(image)
      const outputs = random.integer(1, 7)
      const weights = floatTensor([...size, image[3], outputs], random.floats(size[0] * size[1] * image[3] * outputs))
      const bias = floatTensor([outputs], random.floats(outputs))
      const padding = randomPadding()
      const expected = tf.conv2d(
        padded(asTensor(x), padding, 0),
        asTensor(weights) as tf.Tensor4D,
        [...strides],
        'valid',
        'NHWC',
        [...dilations],
      )
      const actual = await runOp('conv2d', [x], { attributes: { strides, dilations, padding }, tensors: { weights, bias } })
      expectClose(actual, expected.add(asTensor(bias)))
    }),
  )

  it(
    'conv2d with as many groups as channels is depthwise',
    rounds(async () => {
      const { size, dilations, image } = window()
      const x = operand(image)
      const multiplier = random.integer(1, 3)
      const weights = floatTensor([...size, 1, image[3] * multiplier], random.floats(size[0] * size[1] * image[3] * multiplier))
      const depthwise = asTensor(weights).reshape([size[0], size[1], image[3], multiplier]) as tf.Tensor4D
      const expected = tf.depthwiseConv2d(asTensor(x) as tf.Tensor4D, depthwise, [1, 1], 'valid', 'NHWC', [...dilations])
      expectClose(await runOp('conv2d', [x], { attributes: { dilations, groups: image[3] }, tensors: { weights } }), expected)
    }),
  )

  it(
    'conv2d in two groups is two convolutions side by side',
    rounds(async () => {
      const x = operand([2, 5, 6, 4])
      const weights = floatTensor([3, 3, 2, 6], random.floats(108))
      const w = asTensor(weights) as tf.Tensor4D
      const halves = tf
        .split(asTensor(x) as tf.Tensor4D, 2, 3)
        .map((half, index) => tf.conv2d(half as tf.Tensor4D, tf.split(w, 2, 3)[index] as tf.Tensor4D, [2, 1], 'valid'))
      expectClose(
        await runOp('conv2d', [x], { attributes: { strides: [2, 1], groups: 2 }, tensors: { weights } }),
        tf.concat(halves, 3),
      )
    }),
  )

  it(
    'conv2d with 1-bit weights',
    rounds(async () => {
      const x = operand([2, 5, 4, 3])
      const values = signs(random.floats(5 * 9 * 3))
      const dense = tf.transpose(tf.tensor4d(values, [5, 3, 3, 3]), [1, 2, 3, 0])
      const expected = tf.conv2d(padded(asTensor(x), [1, 1, 1, 1], 0), dense, 1, 'valid')
      expectClose(
        await runOp('conv2d', [x], {
          attributes: { padding: [1, 1, 1, 1] },
          tensors: { weights: bitTensor([5, 3, 3, 3], values) },
        }),
        expected,
      )
    }),
  )

  it(
    'conv2dTranspose',
    rounds(async () => {
      const size = randomPair(1, 4)
      const strides = randomPair(1, 3)
      const image = [2, random.integer(1, 4), random.integer(1, 4), random.integer(1, 4)]
      const outputs = random.integer(1, 4)
      const x = operand(image)
      const weights = floatTensor([...size, image[3], outputs], random.floats(size[0] * size[1] * image[3] * outputs))
      // In TensorFlow.js the filter is [height, width, out, in], and 'valid' gives the full output.
      const full: [number, number, number, number] = [
        2,
        (image[1] - 1) * strides[0] + size[0],
        (image[2] - 1) * strides[1] + size[1],
        outputs,
      ]
      const filter = tf.transpose(asTensor(weights) as tf.Tensor4D, [0, 1, 3, 2])
      const expected = tf.conv2dTranspose(asTensor(x) as tf.Tensor4D, filter as tf.Tensor4D, full, [...strides], 'valid')
      expectClose(await runOp('conv2dTranspose', [x], { attributes: { strides }, tensors: { weights } }), expected)
      const cropped = full[1] > 1 && full[2] > 1
      if (cropped) {
        const actual = await runOp('conv2dTranspose', [x], {
          attributes: { strides, padding: [1, 0, 0, 1] },
          tensors: { weights },
        })
        expectClose(actual, tf.slice(expected, [0, 1, 0, 0], [2, full[1] - 1, full[2] - 1, outputs]))
      }
      const extended = await runOp('conv2dTranspose', [x], {
        attributes: { strides, outputPadding: [1, 2] },
        tensors: { weights },
      })
      expectClose(extended, padded(expected, [0, 1, 0, 2], 0))
      if (!cropped) return
      // Output padding first restores the cropped part. Only the part beyond is empty.
      const uncovered = await runOp('conv2dTranspose', [x], {
        attributes: { strides, padding: [0, 1, 0, 1], outputPadding: [1, 2] },
        tensors: { weights },
      })
      expectClose(uncovered, padded(expected, [0, 0, 0, 1], 0))
    }),
  )

  it(
    'conv2dTranspose with dilation is one whose kernel has zeros between its taps',
    rounds(async () => {
      const [size, strides, dilations] = [randomPair(1, 3), randomPair(1, 3), randomPair(1, 3)]
      const image = [2, random.integer(1, 4), random.integer(1, 4), 2]
      const x = operand(image)
      const weights = floatTensor([...size, 2, 3], random.floats(size[0] * size[1] * 6))
      const spread = size.map((taps, axis) => (taps - 1) * dilations[axis] + 1)
      const filter = tf.buffer([...spread, 3, 2])
      for (const [index, value] of weights.data.entries()) {
        const [tap, input, output] = [Math.floor(index / 6), Math.floor(index / 3) % 2, index % 3]
        filter.set(value, Math.floor(tap / size[1]) * dilations[0], (tap % size[1]) * dilations[1], output, input)
      }
      const [height, width] = spread.map((length, axis) => (image[axis + 1] - 1) * strides[axis] + length)
      const kernel = filter.toTensor() as tf.Tensor4D
      const expected = tf.conv2dTranspose(asTensor(x) as tf.Tensor4D, kernel, [2, height, width, 3], [...strides], 'valid')
      expectClose(await runOp('conv2dTranspose', [x], { attributes: { strides, dilations }, tensors: { weights } }), expected)
    }),
  )

  it(
    'dense, over the last axis, with bias and with 1-bit weights',
    rounds(async () => {
      const [rows, features, outputs] = [random.integer(1, 3), random.integer(1, 40), random.integer(1, 9)]
      const x = operand([2, rows, features])
      const weights = floatTensor([features, outputs], random.floats(features * outputs))
      const bias = floatTensor([outputs], random.floats(outputs))
      const flat = asTensor(x).reshape([2 * rows, features]) as tf.Tensor2D
      const product = tf.matMul(flat, asTensor(weights) as tf.Tensor2D).add(asTensor(bias))
      expectClose(await runOp('dense', [x], { tensors: { weights, bias } }), product.reshape([2, rows, outputs]))
      const values = signs(random.floats(features * outputs))
      const expected = tf.matMul(flat, tf.tensor2d(values, [outputs, features]), false, true)
      expectClose(
        await runOp('dense', [x], { tensors: { weights: bitTensor([outputs, features], values) } }),
        expected.reshape([2, rows, outputs]),
      )
    }),
  )
})

describe('binary ops, exactly', () => {
  it.each([
    ['zero', 0],
    ['one', 1],
    ['minus-one', -1],
  ] as [PaddingValue, number][])('binaryConv2d padded with %s', async (paddingValue, value) => {
    await rounds(async () => {
      const { size, strides, dilations, image } = window()
      const x = operand(image)
      const outputs = random.integer(1, 9)
      const values = signs(random.floats(outputs * size[0] * size[1] * image[3]))
      const dense = tf.transpose(tf.tensor4d(values, [outputs, ...size, image[3]]), [1, 2, 3, 0])
      const padding = randomPadding()
      const bits = padded(tf.tensor(signs(x.data), image), padding, value)
      const expected = tf.conv2d(bits, dense, [...strides], 'valid', 'NHWC', [...dilations])
      const weights = bitTensor([outputs, ...size, image[3]], values)
      const attributes = { strides, dilations, padding, paddingValue }
      expectClose(await runOp('binaryConv2d', [x], { attributes, tensors: { weights } }, true), expected, true)
    })()
  })

  it(
    'binaryConv2d in groups',
    rounds(async () => {
      const x = operand([1, 4, 5, 6])
      const values = signs(random.floats(4 * 9 * 3))
      const dense = tf.transpose(tf.tensor4d(values, [4, 3, 3, 3]), [1, 2, 3, 0])
      const bits = padded(tf.tensor(signs(x.data), x.shape as number[]), [1, 1, 1, 1], 1)
      const halves = tf
        .split(bits, 2, 3)
        .map((half, index) => tf.conv2d(half as tf.Tensor4D, tf.split(dense, 2, 3)[index] as tf.Tensor4D, 1, 'valid'))
      const attributes = { padding: [1, 1, 1, 1], paddingValue: 'one', groups: 2 } as const
      expectClose(
        await runOp('binaryConv2d', [x], { attributes, tensors: { weights: bitTensor([4, 3, 3, 3], values) } }, true),
        tf.concat(halves, 3),
        true,
      )
    }),
  )

  it(
    'binaryConv2dTranspose',
    rounds(async () => {
      const strides = randomPair(1, 3)
      const x = operand([2, 3, 2, 5])
      const values = signs(random.floats(4 * 2 * 3 * 5))
      const filter = tf.transpose(tf.tensor4d(values, [4, 2, 3, 5]), [1, 2, 0, 3])
      const bits = tf.tensor4d(signs(x.data), [2, 3, 2, 5])
      const expected = tf.conv2dTranspose(bits, filter, [2, 2 * strides[0] + 2, strides[1] + 3, 4], [...strides], 'valid')
      expectClose(
        await runOp(
          'binaryConv2dTranspose',
          [x],
          { attributes: { strides }, tensors: { weights: bitTensor([4, 2, 3, 5], values) } },
          true,
        ),
        expected,
        true,
      )
    }),
  )

  it(
    'binaryDense',
    rounds(async () => {
      const [features, outputs] = [random.integer(1, 70), random.integer(1, 9)]
      const x = operand([3, features])
      const values = signs(random.floats(features * outputs))
      const expected = tf.matMul(tf.tensor2d(signs(x.data), [3, features]), tf.tensor2d(values, [outputs, features]), false, true)
      expectClose(
        await runOp('binaryDense', [x], { tensors: { weights: bitTensor([outputs, features], values) } }, true),
        expected,
        true,
      )
    }),
  )
})

describe('pointwise ops', () => {
  const functions: Record<ActivationFunction, (x: tf.Tensor) => tf.Tensor> = {
    relu: tf.relu,
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
    exp: tf.exp,
    softplus: tf.softplus,
    softsign: (x) => x.div(x.abs().add(1)),
    swish: (x) => x.mul(tf.sigmoid(x)),
    'hard-sigmoid': (x) => x.mul(0.2).add(0.5).clipByValue(0, 1),
    'hard-swish': (x) => x.mul(tf.relu6(x.add(3))).div(6),
    absolute: tf.abs,
  }
  it.each(ACTIVATION_FUNCTIONS)('activation %s', async (name) => {
    const x = operand([2, 5, 3], -9, 9)
    expectClose(await runOp('activation', [x], { attributes: { function: name } }), functions[name](asTensor(x)))
  })

  it(
    'affine, prelu and clip per channel',
    rounds(async () => {
      const x = operand([2, 3, 4])
      const [scale, shift] = [floatTensor([4], random.floats(4)), floatTensor([1], random.floats(1))]
      expectClose(
        await runOp('affine', [x], { tensors: { scale, shift } }),
        asTensor(x).mul(asTensor(scale)).add(asTensor(shift)),
      )
      expectClose(await runOp('prelu', [x], { tensors: { slope: scale } }), tf.prelu(asTensor(x), asTensor(scale)))
      expectClose(await runOp('clip', [x], { attributes: { minimum: -0.5, maximum: 1 } }), asTensor(x).clipByValue(-0.5, 1))
    }),
  )

  it.each([
    [[3, 4, 5], [5]],
    [
      [3, 4, 5],
      [3, 1, 5],
    ],
    [
      [1, 1, 5],
      [3, 4, 5],
    ],
    [
      [4, 1],
      [1, 3],
    ],
    [[2], [2]],
  ])('add and multiply broadcast %j and %j', async (left, right) => {
    const [a, b] = [operand([2, ...left]), operand([2, ...right])]
    const rank = Math.max(left.length, right.length)
    const aligned = ({ shape, data }: Operand): tf.Tensor =>
      tf.tensor(data, [2, ...new Array(rank + 1 - shape.length).fill(1), ...shape.slice(1)])
    expectClose(await runOp('add', [a, b], {}), aligned(a).add(aligned(b)))
    expectClose(await runOp('multiply', [a, b], {}), aligned(a).mul(aligned(b)))
  })

  it('softmax, of any length and any size', async () => {
    for (const x of [operand([3, 2, 7], -30, 30), operand([2, 200_000], -5, 5), operand([1, 3], 90, 500)]) {
      expectClose(await runOp('softmax', [x], {}), tf.softmax(asTensor(x)))
    }
  })
})

describe('spatial ops', () => {
  it(
    'pools, where padding never counts',
    rounds(async () => {
      const { size, strides, image } = window()
      const x = operand(image)
      const pooled = (type: 'max' | 'avg', pad: 'valid' | 'same') =>
        tf.pool(asTensor(x) as tf.Tensor4D, [...size], type, pad, [1, 1], [...strides])
      expectClose(await runOp('maxPool', [x], { attributes: { size, strides } }), pooled('max', 'valid'))
      expectClose(await runOp('averagePool', [x], { attributes: { size, strides } }), pooled('avg', 'valid'))
      // 'same' pads so that every position has a window. An odd row or column goes to the end.
      const total = [0, 1].map((axis) =>
        Math.max((Math.ceil(image[axis + 1] / strides[axis]) - 1) * strides[axis] + size[axis] - image[axis + 1], 0),
      )
      const padding: Padding = [
        Math.floor(total[0] / 2),
        Math.ceil(total[0] / 2),
        Math.floor(total[1] / 2),
        Math.ceil(total[1] / 2),
      ]
      expectClose(await runOp('maxPool', [x], { attributes: { size, strides, padding } }), pooled('max', 'same'))
      expectClose(await runOp('averagePool', [x], { attributes: { size, strides, padding } }), pooled('avg', 'same'))
      const counted = tf.pool(padded(asTensor(x), padding, 0), [...size], 'avg', 'valid', [1, 1], [...strides])
      expectClose(await runOp('averagePool', [x], { attributes: { size, strides, padding, countPadding: true } }), counted)
    }),
  )

  it('maxPool of bits is their OR', async () => {
    const x = operand([2, 4, 4, 3])
    const expected = tf.maxPool(tf.tensor4d(signs(x.data), [2, 4, 4, 3]), 2, 2, 'valid')
    expectClose(await runOp('maxPool', [x], { attributes: { size: [2, 2], strides: [2, 2] } }, true), expected, true)
  })

  it.each([
    [[0, 1], false],
    [[0, 1], true],
    [[2], true],
    [[1], false],
    [[0, 1, 2], false],
  ] as const)('mean over %j, keepDimensions %s', async (axes, keepDimensions) => {
    const x = operand([2, 3, 4, 5])
    const expected = tf.mean(
      asTensor(x),
      axes.map((axis) => axis + 1),
      keepDimensions,
    )
    expectClose(await runOp('mean', [x], { attributes: { axes, keepDimensions } }), expected)
  })

  it.each([
    [false, false],
    [true, false],
    [false, true],
  ])('resize with alignCorners %s, halfPixelCenters %s', async (alignCorners, halfPixelCenters) => {
    await rounds(async () => {
      const x = operand([2, random.integer(1, 7), random.integer(1, 7), 2])
      const size = randomPair(1, 12)
      const image = asTensor(x) as tf.Tensor4D
      const attributes = { size, alignCorners, halfPixelCenters }
      const bilinear = await runOp('resize', [x], { attributes: { ...attributes, method: 'bilinear' } })
      expectClose(bilinear, tf.image.resizeBilinear(image, [...size], alignCorners, halfPixelCenters))
      if (alignCorners || !halfPixelCenters) {
        const nearest = await runOp('resize', [x], { attributes: { ...attributes, method: 'nearest' } })
        expectClose(nearest, tf.image.resizeNearestNeighbor(image, [...size], alignCorners, halfPixelCenters), true)
      }
    })()
  })

  it('pad, concat, slice, reshape and constant', async () => {
    const [a, b] = [operand([2, 3, 4, 2]), operand([2, 3, 4, 5])]
    const padding: Padding = [1, 2, 0, 3]
    expectClose(await runOp('pad', [a], { attributes: { padding, value: 0.5 } }), padded(asTensor(a), padding, 0.5), true)
    expectClose(await runOp('concat', [a, b, a], { attributes: { axis: 2 } }), tf.concat([a, b, a].map(asTensor), 3), true)
    expectClose(
      await runOp('slice', [b], { attributes: { begin: [1, 0, 2], size: [2, 3, 2] } }),
      tf.slice(asTensor(b), [0, 1, 0, 2], [2, 2, 3, 2]),
      true,
    )
    expectClose(await runOp('reshape', [b], { attributes: { shape: [12, 5] } }), asTensor(b).reshape([2, 12, 5]), true)
  })
})

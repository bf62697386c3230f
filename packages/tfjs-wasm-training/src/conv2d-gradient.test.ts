import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeInBothMemories, expectClose, type Random, valuesOn, withRandom } from '../test/test-support.ts'

type Padding = 'same' | 'valid' | number | tf.backend_util.ExplicitPadding

interface Case {
  input: [number, number, number, number]
  filter: [number, number, number, number]
  strides: [number, number]
  dilations: [number, number]
  pad: Padding
}

function randomCase(random: Random): Case {
  const filterHeight = random.integer(1, 5)
  const dilated = random.next() < 0.3
  const padding = random.pick(['same', 'valid', 'number', 'explicit'])
  // If the padding is a number, tfjs computes the output width from the filter's height, so such filters must be square.
  const filterWidth = padding === 'number' ? filterHeight : random.integer(1, 5)
  const dilations: [number, number] = dilated ? [random.integer(1, 3), random.integer(1, 3)] : [1, 1]
  if (padding === 'number') dilations[1] = dilations[0]
  const strides: [number, number] = dilated ? [1, 1] : [random.integer(1, 3), random.integer(1, 3)]
  if (padding === 'number') strides[1] = strides[0]
  const border = () => random.integer(0, 2)
  const pad: Padding =
    padding === 'number'
      ? random.integer(0, 2)
      : padding === 'explicit'
        ? [
            [0, 0],
            [border(), border()],
            [border(), border()],
            [0, 0],
          ]
        : (padding as 'same' | 'valid')
  // Without padding, a filter larger than the input has no output at all.
  const least = padding === 'same' ? 1 : 5 + 4 * (dilations[0] - 1)
  const leastWidth = padding === 'same' ? 1 : 5 + 4 * (dilations[1] - 1)
  return {
    input: [
      random.integer(1, 3),
      random.integer(least, least + 9),
      random.integer(leastWidth, leastWidth + 9),
      random.integer(1, 19),
    ],
    filter: [filterHeight, filterWidth, 0, random.integer(1, 19)],
    strides,
    dilations,
    pad,
  }
}

/** The filter with `dilation - 1` zeros between its elements: the same convolution, for a backend without dilated gradients. */
function spread(values: Float32Array, [height, width, inputs, outputs]: number[], [dy, dx]: number[]) {
  const shape = [(height - 1) * dy + 1, (width - 1) * dx + 1, inputs, outputs]
  const result = new Float32Array(tf.util.sizeFromShape(shape))
  const places: number[] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let i = 0; i < inputs * outputs; i++) places.push((y * dy * shape[1] + x * dx) * inputs * outputs + i)
    }
  }
  places.forEach((place, i) => {
    result[place] = values[i]
  })
  return {
    shape,
    values: result,
    gather: (spreadValues: Float32Array) => Float32Array.from(places, (place) => spreadValues[place]),
  }
}

async function compare(random: Random, { input, filter, strides, dilations, pad }: Case): Promise<void> {
  filter[2] = input[3]
  const message = JSON.stringify({ input, filter, strides, dilations, pad })
  const x = { shape: input, values: random.values(input) }
  const w = { shape: filter as number[], values: random.values(filter) }
  const gradientsOf =
    (usedDilations: [number, number]) =>
    (xTensor: tf.Tensor, wTensor: tf.Tensor): tf.Tensor[] =>
      tf.grads((a, b) => {
        const y = tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad, 'NHWC', usedDilations)
        return tf.mul(y, tf.sin(tf.range(0, y.size).reshape(y.shape))).sum()
      })([xTensor, wTensor])

  const dense = spread(w.values, filter, dilations)
  const [expectedDx, expectedDw] = await valuesOn('cpu', [x, dense], gradientsOf([1, 1]))
  const actual = await valuesOn('wasm', [x, w], gradientsOf(dilations))
  expectClose(actual, [expectedDx, dense.gather(expectedDw)], 1e-4, message)
}

describeInBothMemories('gradients of conv2d', () => {
  test(
    'equal the cpu backend over random shapes, strides, paddings and dilations',
    () =>
      withRandom(async (random) => {
        for (let i = 0; i < 40; i++) await compare(random, randomCase(random))
      }),
    60_000,
  )

  test.each<[string, Case]>([
    [
      'a filter larger than the input',
      { input: [1, 3, 2, 5], filter: [5, 7, 5, 3], strides: [1, 1], dilations: [1, 1], pad: 'same' },
    ],
    [
      'a dilated filter larger than the input',
      { input: [2, 4, 3, 2], filter: [3, 3, 2, 9], strides: [1, 1], dilations: [3, 2], pad: 'same' },
    ],
    [
      '1x1, one pixel, one channel',
      { input: [1, 1, 1, 1], filter: [1, 1, 1, 1], strides: [1, 1], dilations: [1, 1], pad: 'valid' },
    ],
    [
      '1x1 with a stride larger than the filter',
      { input: [2, 7, 7, 4], filter: [1, 1, 4, 8], strides: [3, 2], dilations: [1, 1], pad: 'same' },
    ],
    [
      'a stride larger than the image',
      { input: [2, 2, 1, 3], filter: [3, 3, 3, 2], strides: [4, 4], dilations: [1, 1], pad: 'same' },
    ],
    ['rows in several panels', { input: [2, 33, 29, 3], filter: [3, 3, 3, 10], strides: [1, 1], dilations: [1, 1], pad: 'same' }],
    [
      'rows longer than a panel',
      { input: [1, 3, 300, 2], filter: [3, 3, 2, 4], strides: [1, 2], dilations: [1, 1], pad: 'valid' },
    ],
    [
      'several images in a panel',
      { input: [19, 5, 5, 33], filter: [3, 3, 33, 17], strides: [1, 1], dilations: [1, 1], pad: 'valid' },
    ],
  ])('equal the cpu backend for %s', (_, sample) => withRandom((random) => compare(random, sample)), 30_000)

  test('leave no tensors and no scratch memory behind', () =>
    withRandom(async (random) => {
      const sample = randomCase(random)
      await compare(random, sample)
      const { numTensors, numBytes } = tf.memory()
      await compare(random, sample)
      expect(tf.memory()).toMatchObject({ numTensors, numBytes })
    }))

  test('conv2dTranspose equals the cpu backend', () =>
    withRandom(async (random) => {
      const x = { shape: [2, 5, 6, 7], values: random.values([2, 5, 6, 7]) }
      const w = { shape: [3, 3, 4, 7], values: random.values([3, 3, 4, 7]) }
      const compute = (...[a, b]: tf.Tensor[]) => [
        tf.conv2dTranspose(a as tf.Tensor4D, b as tf.Tensor4D, [2, 10, 12, 4], 2, 'same'),
        ...tf.grads((c, d) =>
          tf
            .conv2dTranspose(c as tf.Tensor4D, d as tf.Tensor4D, [2, 10, 12, 4], 2, 'same')
            .square()
            .sum(),
        )([a, b]),
      ]
      expectClose(await valuesOn('wasm', [x, w], compute), await valuesOn('cpu', [x, w], compute), 1e-4, 'conv2dTranspose')
    }))
})

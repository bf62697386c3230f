/** Compares `same` padding with the convolutions of TensorFlow.js for all small windows. */
import { backend_util as backend } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { explicitPadding } from './padding.ts'

type Pair = readonly [number, number]

function ofTensorFlow(input: Pair, size: Pair, strides: Pair, dilations: Pair): number[] {
  const { padInfo } = backend.computeConv2DInfo([1, ...input, 1], [...size, 1, 1], [...strides], [...dilations], 'same')
  const { top, bottom, left, right } = padInfo
  return [top, bottom, left, right]
}

test.each([
  [1, 1],
  [2, 1],
  [1, 3],
  [3, 2],
] as const)('matches the rows and columns of TensorFlow, strides %i and %i', (...strides) => {
  for (const size of [
    [1, 4],
    [2, 3],
    [3, 3],
    [5, 2],
  ] as const) {
    for (const dilations of [
      [1, 1],
      [2, 1],
      [1, 3],
    ] as const) {
      // TensorFlow.js refuses strides together with dilation.
      if (Math.max(...strides) > 1 && Math.max(...dilations) > 1) continue
      for (let height = 1; height <= 7; height++) {
        const input = [height, 9 - height] as const
        const what = JSON.stringify({ input, size, strides, dilations })
        expect(explicitPadding('same', input, size, strides, dilations), what).toEqual(
          ofTensorFlow(input, size, strides, dilations),
        )
        expect(explicitPadding('valid', input, size, strides, dilations), what).toEqual([0, 0, 0, 0])
      }
    }
  }
})

test('symmetric padding depends on the window alone', () => {
  for (const input of [[8, 9] as const, [1, 224] as const]) {
    for (const strides of [[1, 1] as const, [2, 3] as const]) {
      expect(explicitPadding('symmetric', input, [7, 3], strides)).toEqual([3, 3, 1, 1])
      expect(explicitPadding('symmetric', input, [3, 4], strides, [2, 1])).toEqual([2, 2, 1, 1])
    }
  }
})

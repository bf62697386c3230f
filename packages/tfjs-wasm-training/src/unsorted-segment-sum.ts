import * as tf from '@tensorflow/tfjs-core'
import { KernelInputError } from './errors.ts'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

/**
 * Sums rows by segment: the gradient of `tf.gather`. `x` is `[rows, ...]` in float32, `segmentIds` is `[rows]`. Rows with an
 * id outside `[0, numSegments)` are left out.
 */
export const unsortedSegmentSum: TrainingKernel = {
  kernelName: tf.UnsortedSegmentSum,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'x' | 'segmentIds', { numSegments: number }>(params)
    const { x, segmentIds } = inputs
    if (x.dtype !== 'float32') {
      throw new KernelInputError({
        what: 'UnsortedSegmentSum cannot sum this tensor.',
        expected: 'float32',
        received: x.dtype,
        fix: 'Cast the tensor first.',
      })
    }
    return memory.call(({ wasm, input, output }) => {
      const row = x.shape.slice(1)
      const [sums, pointer] = output([attributes.numSegments, ...row])
      const columns = tf.util.sizeFromShape(row)
      wasm.segmentSum(input(x), input(segmentIds), x.shape[0], columns, pointer, attributes.numSegments)
      return sums
    })
  },
}

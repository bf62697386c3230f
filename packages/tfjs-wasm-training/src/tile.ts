import * as tf from '@tensorflow/tfjs-core'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

/**
 * `tf.tile` and `tf.broadcastTo`, which gradients of reductions use. The stock kernel computes the source of each element
 * separately. This one copies blocks, axis by axis from the last. Strings are left to the stock kernel.
 */
export const tile: TrainingKernel = {
  kernelName: tf.Tile,
  create: (memory, stock) => (params) => {
    const { inputs, attributes } = operandsOf<'x', { reps: number[] }>(params)
    const { x } = inputs
    const shape = x.shape.map((size, axis) => size * attributes.reps[axis])
    if (x.dtype === 'string' || tf.util.sizeFromShape(shape) === 0) return stock!(params)
    return memory.call(({ wasm, input, output, scratch }) => {
      const [result, pointer] = output(shape, x.dtype)
      const bytesPerElement = tf.util.bytesPerElement(x.dtype)
      const sizeOf = (part: number[]) => tf.util.sizeFromShape(part) * bytesPerElement
      const axes = attributes.reps.flatMap((repetitions, axis) => (repetitions > 1 ? [axis] : [])).reverse()
      let source = input(x)
      if (axes.length === 0) wasm.tileBlocks(source, 1, sizeOf(shape), 1, pointer)
      for (const axis of axes) {
        // The axes behind this one are already tiled in the source, the axes before it are not.
        const outer = tf.util.sizeFromShape(x.shape.slice(0, axis))
        const block = sizeOf([x.shape[axis], ...shape.slice(axis + 1)])
        const target = axis === axes.at(-1) ? pointer : scratch(outer * block * attributes.reps[axis])
        wasm.tileBlocks(source, outer, block, attributes.reps[axis], target)
        source = target
      }
      return result
    })
  },
}

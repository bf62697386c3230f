import * as tf from '@tensorflow/tfjs-core'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

interface Attributes {
  axis: number | number[]
  keepDims: boolean
}

/**
 * Reads a reduction over neighboring axes as one over the middle of `[outer, reduced, inner]`.
 * Returns undefined if the axes are not neighbors.
 */
function middle(shape: number[], axes: number[]): [outer: number, reduced: number, inner: number] | undefined {
  const [first] = axes
  const end = first + axes.length
  if (axes[axes.length - 1] !== end - 1) return undefined
  const size = (from: number, to?: number) => tf.util.sizeFromShape(shape.slice(from, to))
  return [size(0, first), size(first, end), size(end)]
}

/**
 * Sum and mean of float32 tensors over neighboring axes, in any place. The stock kernels transpose the tensor if the axes
 * are not the last ones. They add up floats one by one, which loses digits: the mean of three million times 0.1 becomes 0.097.
 * These kernels read the tensor in place and add up in double. Everything else is left to the stock kernels.
 */
function reduction(kernelName: string, factor: (reduced: number) => number): TrainingKernel {
  return {
    kernelName,
    create: (memory, stock) => (params) => {
      const { inputs, attributes } = operandsOf<'x', Attributes>(params)
      const { x } = inputs
      const axes = tf.util.parseAxisParam(attributes.axis, x.shape).sort((a, b) => a - b)
      const isOurs = x.dtype === 'float32' && axes.length > 0 && tf.util.sizeFromShape(x.shape) > 0
      const sizes = isOurs ? middle(x.shape, axes) : undefined
      if (!sizes) return stock!(params)
      const [outer, reduced, inner] = sizes
      const [reducedShape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes)
      const shape = attributes.keepDims ? tf.backend_util.expandShapeToKeepDim(reducedShape, axes) : reducedShape
      return memory.call(({ wasm, input, output, scratch }) => {
        const [result, pointer] = output(shape)
        wasm.sums(input(x), outer, reduced, inner, factor(reduced), pointer, scratch(wasm.sumsScratch(inner)))
        return result
      })
    },
  }
}

export const sum = reduction(tf.Sum, () => 1)
export const mean = reduction(tf.Mean, (reduced) => 1 / reduced)

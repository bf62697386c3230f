import * as tf from '@tensorflow/tfjs-core'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

/** Reads a tensor as a matrix of bytes: the axes before `axis` are its rows. */
function matrixOf({ shape, dtype }: tf.TensorInfo, axis: number): { rows: number; bytes: number } {
  const rows = tf.util.sizeFromShape(shape.slice(0, axis))
  return { rows, bytes: tf.util.sizeFromShape(shape.slice(axis)) * tf.util.bytesPerElement(dtype) }
}

/**
 * `tf.concat`. The stock kernel makes a view of an array for each row, which is a pixel if channels are joined. Strings and
 * empty tensors are left to it.
 */
export const concat: TrainingKernel = {
  kernelName: tf.Concat,
  create: (memory, stock) => (params) => {
    const { inputs, attributes } = operandsOf<string, { axis: number }>(params)
    const parts = Object.values(inputs)
    const isOurs = parts.every(
      ({ shape, dtype }) =>
        dtype === parts[0].dtype && dtype !== 'string' && dtype !== 'complex64' && tf.util.sizeFromShape(shape) > 0,
    )
    if (!isOurs || parts.length === 1) return stock!(params)
    const [axis] = tf.util.parseAxisParam(attributes.axis, parts[0].shape)
    const shapes = parts.map(({ shape }) => shape)
    tf.backend_util.assertParamsConsistent(shapes, axis)
    return memory.call(({ wasm, input, output }) => {
      const [result, pointer] = output(tf.backend_util.computeOutShape(shapes, axis), parts[0].dtype)
      const { rows, bytes: row } = matrixOf(result, axis)
      let target = pointer
      for (const part of parts) {
        const { bytes } = matrixOf(part, axis)
        wasm.copyRows(input(part), bytes, target, row, bytes, rows)
        target += bytes
      }
      return result
    })
  },
}

/** `tf.split`, the gradient of `tf.concat`. The stock kernel copies the whole tensor for each part. */
export const split: TrainingKernel = {
  kernelName: tf.SplitV,
  create: (memory, stock) => (params) => {
    const { inputs, attributes } = operandsOf<'x', { numOrSizeSplits: number[] | number; axis: number }>(params)
    const { x } = inputs
    if (x.dtype === 'string' || x.dtype === 'complex64' || tf.util.sizeFromShape(x.shape) === 0) return stock!(params)
    const [axis] = tf.util.parseAxisParam(attributes.axis, x.shape)
    const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, attributes.numOrSizeSplits, axis)
    return memory.call(({ wasm, input, output }) => {
      const { rows, bytes: row } = matrixOf(x, axis)
      let source = input(x)
      return sizes.map((size) => {
        const [part, target] = output([...x.shape.slice(0, axis), size, ...x.shape.slice(axis + 1)], x.dtype)
        const { bytes } = matrixOf(part, axis)
        wasm.copyRows(source, row, target, bytes, bytes, rows)
        source += bytes
        return part
      })
    })
  },
}

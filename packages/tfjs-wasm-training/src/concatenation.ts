import * as tf from '@tensorflow/tfjs-core'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

/** True if the tensor's values are bytes in memory, and there are any. */
const hasBytes = ({ shape, dtype }: tf.TensorInfo): boolean =>
  dtype !== 'string' && dtype !== 'complex64' && tf.util.sizeFromShape(shape) > 0

/** Number of rows, if a tensor is read as a matrix: the axes before `axis`. */
const rowsOf = ({ shape }: tf.TensorInfo, axis: number): number => tf.util.sizeFromShape(shape.slice(0, axis))

/** Bytes of such a row. */
const rowBytesOf = ({ shape, dtype }: tf.TensorInfo, axis: number): number =>
  tf.util.sizeFromShape(shape.slice(axis)) * tf.util.bytesPerElement(dtype)

/**
 * `tf.concat`. The stock kernel makes a view of an array for each row, which is a pixel if channels are joined. Strings and
 * empty tensors are left to it.
 */
export const concat: TrainingKernel = {
  kernelName: tf.Concat,
  create: (memory, stock) => (params) => {
    const { inputs, attributes } = operandsOf<string, { axis: number }>(params)
    const parts = Object.values(inputs)
    const isOurs = parts.every((part) => part.dtype === parts[0].dtype && hasBytes(part))
    if (!isOurs || parts.length === 1) return stock!(params)
    const [axis] = tf.util.parseAxisParam(attributes.axis, parts[0].shape)
    const shapes = parts.map(({ shape }) => shape)
    tf.backend_util.assertParamsConsistent(shapes, axis)
    return memory.call(({ wasm, input, output }) => {
      const [result, pointer] = output(tf.backend_util.computeOutShape(shapes, axis), parts[0].dtype)
      const [rows, row] = [rowsOf(result, axis), rowBytesOf(result, axis)]
      let target = pointer
      for (const part of parts) {
        const bytes = rowBytesOf(part, axis)
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
    if (!hasBytes(x)) return stock!(params)
    const [axis] = tf.util.parseAxisParam(attributes.axis, x.shape)
    const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, attributes.numOrSizeSplits, axis)
    return memory.call(({ wasm, input, output }) => {
      const [rows, row] = [rowsOf(x, axis), rowBytesOf(x, axis)]
      let source = input(x)
      return sizes.map((size) => {
        const [part, target] = output([...x.shape.slice(0, axis), size, ...x.shape.slice(axis + 1)], x.dtype)
        const bytes = rowBytesOf(part, axis)
        wasm.copyRows(source, row, target, bytes, bytes, rows)
        source += bytes
        return part
      })
    })
  },
}

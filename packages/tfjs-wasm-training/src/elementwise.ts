import * as tf from '@tensorflow/tfjs-core'
import type { KernelExports } from './load-module.ts'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

const isFloat = (...tensors: tf.TensorInfo[]) => tensors.every(({ dtype }) => dtype === 'float32')
const sizeOf = ({ shape }: tf.TensorInfo) => tf.util.sizeFromShape(shape)

type BinaryFunction = (wasm: KernelExports, a: number, aStep: number, b: number, bStep: number, out: number, size: number) => void

/**
 * An elementwise kernel for float32 operands of one shape or with a scalar on one side. Other broadcasts and types are left
 * to the stock kernel, which takes 8 to 15 times as long because it indexes each element by itself.
 */
function binary(kernelName: string, dtype: 'float32' | 'bool', run: BinaryFunction): TrainingKernel {
  return {
    kernelName,
    create: (memory, stock) => (params) => {
      const { a, b } = operandsOf<'a' | 'b', unknown>(params).inputs
      const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
      const size = tf.util.sizeFromShape(shape)
      const fits = (operand: tf.TensorInfo) => sizeOf(operand) === size || sizeOf(operand) === 1
      if (!(isFloat(a, b) && fits(a) && fits(b) && size > 0)) return stock!(params)
      return memory.call(({ wasm, input, output, scratch }) => {
        const [result, pointer] = output(shape, dtype)
        const operand = (tensor: tf.TensorInfo): [pointer: number, step: number] => {
          if (sizeOf(tensor) === size) return [input(tensor), 64]
          const repeated = scratch(64)
          wasm.splat(input(tensor), repeated)
          return [repeated, 0]
        }
        run(wasm, ...operand(a), ...operand(b), pointer, size)
        return result
      })
    },
  }
}

/** The comparisons, in the order of the module's operation numbers. */
export const comparisons: readonly TrainingKernel[] = [
  tf.Greater,
  tf.GreaterEqual,
  tf.Less,
  tf.LessEqual,
  tf.Equal,
  tf.NotEqual,
].map((name, operation) => binary(name, 'bool', (wasm, ...operands) => wasm.compare(operation, ...operands)))

export const minimum = binary(tf.Minimum, 'float32', (wasm, ...operands) => wasm.minimum(...operands))
export const maximum = binary(tf.Maximum, 'float32', (wasm, ...operands) => wasm.maximum(...operands))

/** `tf.where` of float32 operands of one shape. */
export const select: TrainingKernel = {
  kernelName: tf.Select,
  create: (memory, stock) => (params) => {
    const { condition, t, e } = operandsOf<'condition' | 't' | 'e', unknown>(params).inputs
    const sameShape = tf.util.arraysEqual(condition.shape, t.shape) && tf.util.arraysEqual(t.shape, e.shape)
    if (!(isFloat(t, e) && condition.dtype === 'bool' && sameShape)) return stock!(params)
    return memory.call(({ wasm, input, output }) => {
      const [result, pointer] = output(t.shape)
      wasm.select(input(condition), input(t), input(e), pointer, sizeOf(t))
      return result
    })
  },
}

/** `tf.sign` of float32 tensors: -1, 0 or 1. */
export const sign: TrainingKernel = {
  kernelName: tf.Sign,
  create: (memory, stock) => (params) => {
    const { x } = operandsOf<'x', unknown>(params).inputs
    if (!isFloat(x)) return stock!(params)
    return memory.call(({ wasm, input, output }) => {
      const [result, pointer] = output(x.shape)
      wasm.sign(input(x), pointer, sizeOf(x))
      return result
    })
  },
}

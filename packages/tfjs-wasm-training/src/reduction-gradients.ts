import * as tf from '@tensorflow/tfjs-core'
import type { TrainingGradient } from './training-kernel.ts'

/**
 * The gradient of a sum or mean: dy, repeated along the reduced axes. The stock gradients multiply with a tensor of ones that
 * is filled in JavaScript, and divide the large tensor rather than the small one.
 */
function reductionGradient(kernelName: string, factor: (reduced: number) => number): TrainingGradient {
  return {
    kernelName,
    create: (stock) => ({
      kernelName,
      inputsToSave: ['x'],
      gradFunc(dy, saved, attrs) {
        if (stock && tf.getBackend() !== 'wasm') return stock.gradFunc(dy, saved, attrs)
        const [x] = saved
        const shape = x.shape.slice()
        for (const axis of tf.util.parseAxisParam(attrs.axis as number | number[], x.shape)) shape[axis] = 1
        const expanded = tf.reshape(tf.mul(dy as tf.Tensor, factor(x.size / tf.util.sizeFromShape(shape))), shape)
        return { x: () => tf.broadcastTo(expanded, x.shape) }
      },
    }),
  }
}

export const sumGradient = reductionGradient(tf.Sum, () => 1)
export const meanGradient = reductionGradient(tf.Mean, (reduced) => 1 / reduced)

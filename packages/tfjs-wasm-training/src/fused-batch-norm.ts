import * as tf from '@tensorflow/tfjs-core'
import { operandsOf, type TrainingGradient, type TrainingKernel } from './training-kernel.ts'

interface Attributes {
  varianceEpsilon: number
}

const sumsKernel = 'FusedBatchNormSums'

/** True if the moments and parameters are one number per channel, the last axis of `x`. */
function isPerChannel(x: tf.TensorInfo, ...vectors: (tf.TensorInfo | undefined)[]): boolean {
  const channels = x.shape[x.shape.length - 1]
  const fits = (vector: tf.TensorInfo) => vector.shape.length === 1 && vector.shape[0] === channels && vector.dtype === 'float32'
  return x.dtype === 'float32' && tf.util.sizeFromShape(x.shape) > 0 && vectors.every((vector) => !vector || fits(vector))
}

/** `tf.batchNorm` with moments per channel. Other shapes are left to the stock kernel. */
export const fusedBatchNorm: TrainingKernel = {
  kernelName: tf.FusedBatchNorm,
  create: (memory, stock) => (params) => {
    const { inputs, attributes } = operandsOf<'x' | 'mean' | 'variance' | 'offset' | 'scale', Attributes>(params)
    const { x, mean, variance, offset, scale } = inputs
    if (!isPerChannel(x, mean, variance, offset, scale)) return stock!(params)
    const [channels] = mean.shape
    return memory.call(({ wasm, input, output, scratch }) => {
      const [y, pointer] = output(x.shape)
      wasm.batchNormalization(
        input(x),
        tf.util.sizeFromShape(x.shape) / channels,
        channels,
        input(mean),
        input(variance),
        scale ? input(scale) : 0,
        offset ? input(offset) : 0,
        attributes.varianceEpsilon,
        pointer,
        scratch(wasm.batchNormalizationScratch(channels)),
      )
      return y
    })
  },
}

/** Per channel: the sum of dy and the sum of dy * (x - mean). */
export const fusedBatchNormSums: TrainingKernel = {
  kernelName: sumsKernel,
  create: (memory) => (params) => {
    const { x, dy, mean } = operandsOf<'x' | 'dy' | 'mean', unknown>(params).inputs
    const [channels] = mean.shape
    return memory.call(({ wasm, input, output, scratch }) => {
      const [gradients, gradientPointer] = output([channels])
      const [products, productPointer] = output([channels])
      wasm.normalizationSums(
        input(x),
        input(dy),
        tf.util.sizeFromShape(x.shape) / channels,
        channels,
        input(mean),
        gradientPointer,
        productPointer,
        scratch(wasm.normalizationSumsScratch(channels)),
      )
      return [gradients, products]
    })
  },
}

/**
 * The gradient of `tf.batchNorm`. The stock one tiles a vector to the size of the tensor and makes a dozen passes over it.
 * With moments per channel, two sums are enough. TensorFlow.js cannot differentiate a `batchNorm` without scale or offset, on
 * any backend.
 */
export const fusedBatchNormGradient: TrainingGradient = {
  kernelName: tf.FusedBatchNorm,
  create: (stock) => ({
    kernelName: tf.FusedBatchNorm,
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc(dy, saved, attrs) {
      const [x, mean, variance, scale] = saved
      const ours = tf.getBackend() === 'wasm' && isPerChannel(x, mean, variance, scale)
      if (!ours) return stock!.gradFunc(dy, saved, attrs)
      const { varianceEpsilon } = attrs as unknown as Attributes
      const gradient = dy as tf.Tensor
      const [gradients, products] = tf.engine().runKernel(sumsKernel, { x, dy: gradient, mean }) as tf.Tensor[]
      const inverse = tf.rsqrt(tf.add(variance, varianceEpsilon))
      const factor = tf.mul(inverse, scale)
      return {
        x: () => tf.mul(gradient, factor),
        mean: () => tf.neg(tf.mul(factor, gradients)),
        variance: () => tf.mul(tf.mul(factor, tf.square(inverse)), tf.mul(products, -0.5)),
        scale: () => tf.mul(inverse, products),
        offset: () => tf.clone(gradients),
      }
    },
  }),
}

import * as tf from '@tensorflow/tfjs-core'
import { operandsOf, type TrainingGradient, type TrainingKernel } from './training-kernel.ts'

const forwardKernel = 'BatchNormalizationTraining'
const gradientKernel = 'BatchNormalizationTrainingGrad'

interface Attributes {
  epsilon: number
}

/** Inputs x `[..., channels]`, gamma and beta `[channels]`; outputs y, mean and variance. */
export const batchNormalizationTrainingKernel: TrainingKernel = {
  kernelName: forwardKernel,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'x' | 'gamma' | 'beta', Attributes>(params)
    const { x, gamma, beta } = inputs
    const channels = x.shape[x.shape.length - 1]
    const rows = tf.util.sizeFromShape(x.shape) / channels
    return memory.call(({ wasm, input, output, scratch }) => {
      const [y, yPointer] = output(x.shape)
      const [mean, meanPointer] = output([channels])
      const [variance, variancePointer] = output([channels])
      const xPointer = input(x)
      wasm.moments(xPointer, rows, channels, meanPointer, variancePointer, scratch(wasm.momentsScratch(channels)))
      wasm.batchNormalization(
        xPointer,
        rows,
        channels,
        meanPointer,
        variancePointer,
        input(gamma),
        input(beta),
        attributes.epsilon,
        yPointer,
        scratch(wasm.batchNormalizationScratch(channels)),
      )
      return [y, mean, variance]
    })
  },
}

/** Inputs as saved by the forward kernel and the gradients of its outputs; outputs dx, dGamma and dBeta. */
export const batchNormalizationTrainingGradKernel: TrainingKernel = {
  kernelName: gradientKernel,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'x' | 'gamma' | 'mean' | 'variance' | 'dy' | 'dMean' | 'dVariance', Attributes>(
      params,
    )
    const { x, gamma, mean, variance, dy, dMean, dVariance } = inputs
    const [channels] = mean.shape
    return memory.call(({ wasm, input, output, scratch }) => {
      const [dx, dxPointer] = output(x.shape)
      const [dGamma, dGammaPointer] = output([channels])
      const [dBeta, dBetaPointer] = output([channels])
      wasm.batchNormalizationGradient(
        input(x),
        input(dy),
        tf.util.sizeFromShape(x.shape) / channels,
        channels,
        input(mean),
        input(variance),
        input(gamma),
        attributes.epsilon,
        input(dMean),
        input(dVariance),
        dxPointer,
        dGammaPointer,
        dBetaPointer,
        scratch(wasm.batchNormalizationGradientScratch(channels)),
      )
      return [dx, dGamma, dBeta]
    })
  },
}

/** The gradient of the forward kernel, also through the mean and the variance that it returns. */
export const batchNormalizationTrainingGradient: TrainingGradient = {
  kernelName: forwardKernel,
  create: () => ({
    kernelName: forwardKernel,
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, true, true],
    gradFunc(dys, saved, attrs) {
      const [dy, dMean, dVariance] = dys as tf.Tensor[]
      const [x, gamma, mean, variance] = saved
      const inputs = { x, gamma, mean, variance, dy, dMean, dVariance }
      const [dx, dGamma, dBeta] = tf.engine().runKernel(gradientKernel, inputs, attrs) as tf.Tensor[]
      return { x: () => tf.clone(dx), gamma: () => tf.clone(dGamma), beta: () => tf.clone(dBeta) }
    },
  }),
}

/** The result of `batchNormalizationTraining`. */
export interface BatchNormalizationTraining {
  /** The normalized tensor, of the shape of `x`. */
  y: tf.Tensor
  /** The mean of each channel, `[channels]`. */
  mean: tf.Tensor1D
  /** The population variance of each channel, `[channels]`. */
  variance: tf.Tensor1D
}

/**
 * Batch normalization with the moments of the batch itself:
 * `y = (x - mean(x)) / sqrt(variance(x) + epsilon) * gamma + beta`, over all axes but the last.
 *
 * Two passes over the tensor forward and two backward where the training kernels are registered; composed of TensorFlow.js
 * operations on other backends. Differentiable in all inputs, also through `mean` and `variance`.
 *
 * @param x - `[..., channels]`
 * @param gamma - scales, `[channels]`
 * @param beta - offsets, `[channels]`
 * @param epsilon - added to the variance; 0.001 as in `tf.layers.batchNormalization`
 */
export function batchNormalizationTraining(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon = 1e-3,
): BatchNormalizationTraining {
  const channels = x.shape[x.rank - 1]
  for (const vector of [gamma, beta]) {
    tf.util.assertShapesMatch(vector.shape, [channels], 'batchNormalizationTraining needs one gamma and beta per channel: ')
  }
  if (tf.getKernel(forwardKernel, tf.getBackend())) {
    const inputs = { x: tf.cast(x, 'float32'), gamma, beta }
    const [y, mean, variance] = tf.engine().runKernel(forwardKernel, inputs, { epsilon }) as tf.Tensor[]
    return { y, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D }
  }
  return tf.tidy(() => {
    const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis)
    const { mean, variance } = tf.moments(x, axes)
    const vector = (tensor: tf.Tensor) => tensor as tf.Tensor1D
    const y = tf.batchNorm(x as tf.Tensor4D, vector(mean), vector(variance), beta, gamma, epsilon)
    return { y, mean: vector(mean), variance: vector(variance) }
  })
}

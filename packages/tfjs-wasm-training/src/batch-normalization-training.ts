import * as tf from '@tensorflow/tfjs-core'
import { checkMethod, checkNumber, checkTensor } from './check-arguments.ts'
import { WasmBackendError } from './errors.ts'
import { addUp, mergeMoments, type ReplicaGroup } from './replica-group.ts'
import { operandsOf, type TrainingGradient, type TrainingKernel } from './training-kernel.ts'

const forwardKernel = 'BatchNormalizationTraining'
const gradientKernel = 'BatchNormalizationTrainingGrad'

interface Attributes {
  epsilon: number
  group?: ReplicaGroup
}

/** Inputs x `[..., channels]`, gamma and beta `[channels]`; outputs y, mean and variance. */
export const batchNormalizationTrainingKernel: TrainingKernel = {
  kernelName: forwardKernel,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'x' | 'gamma' | 'beta', Attributes>(params)
    const { x, gamma, beta } = inputs
    const channels = x.shape[x.shape.length - 1]
    const rows = tf.util.sizeFromShape(x.shape) / channels
    return memory.call(({ wasm, input, output, scratch, floats }) => {
      const [y, yPointer] = output(x.shape)
      const [mean, meanPointer] = output([channels])
      const [variance, variancePointer] = output([channels])
      const xPointer = input(x)
      wasm.moments(xPointer, rows, channels, meanPointer, variancePointer, scratch(wasm.momentsScratch(channels)))
      if (attributes.group) {
        mergeMoments(attributes.group, rows, floats(meanPointer, channels), floats(variancePointer, channels))
      }
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

/**
 * Inputs are the tensors that the forward kernel saved and the gradients of its outputs. Outputs are dx, dGamma and dBeta. In a group,
 * dGamma and dBeta belong to the replica's own rows. Their sum over the group is the gradient.
 */
export const batchNormalizationTrainingGradKernel: TrainingKernel = {
  kernelName: gradientKernel,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'x' | 'gamma' | 'mean' | 'variance' | 'dy' | 'dMean' | 'dVariance', Attributes>(
      params,
    )
    const { x, gamma, mean, variance, dy, dMean, dVariance } = inputs
    const { epsilon, group } = attributes
    const [channels] = mean.shape
    const rows = tf.util.sizeFromShape(x.shape) / channels
    return memory.call(({ wasm, input, output, scratch, floats }) => {
      const [dx, dxPointer] = output(x.shape)
      const [dGamma, dGammaPointer] = output([channels])
      const [dBeta, dBetaPointer] = output([channels])
      const [xPointer, dyPointer, meanPointer, variancePointer] = [x, dy, mean, variance].map(input)
      // dMean, dVariance, sums of dy and sums of dy * (x - mean), one after the other.
      const terms = scratch(16 * channels)
      const [dMeanTerm, dVarianceTerm, gradients, products] = [0, 4, 8, 12].map((offset) => terms + offset * channels)
      const sumsScratch = scratch(wasm.normalizationSumsScratch(channels))
      const gradientScratch = scratch(wasm.batchNormalizationGradientScratch(channels))
      wasm.normalizationSums(xPointer, dyPointer, rows, channels, meanPointer, gradients, products, sumsScratch)
      floats(dMeanTerm, channels).set(floats(input(dMean), channels))
      floats(dVarianceTerm, channels).set(floats(input(dVariance), channels))
      floats(dBetaPointer, channels).set(floats(gradients, channels))
      const variances = floats(variancePointer, channels)
      floats(dGammaPointer, channels).set(
        floats(products, channels).map((product, channel) => product / Math.sqrt(variances[channel] + epsilon)),
      )
      const count = group ? addUp(group, rows, floats(terms, 4 * channels)) : rows
      wasm.batchNormalizationGradient(
        xPointer,
        dyPointer,
        rows,
        channels,
        meanPointer,
        variancePointer,
        input(gamma),
        epsilon,
        dMeanTerm,
        dVarianceTerm,
        gradients,
        products,
        count,
        dxPointer,
        gradientScratch,
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
  /**
   * The population variance of each channel, `[channels]`: the sum of squares over N. TensorFlow.js' layer puts it into its moving
   * variance on every backend. Keras takes N / (N - 1) times as much for images.
   */
  variance: tf.Tensor1D
}

/**
 * Batch normalization with the moments of the batch itself:
 * `y = (x - mean(x)) / sqrt(variance(x) + epsilon) * gamma + beta`, over all axes but the last.
 *
 * With the training kernels, it makes two passes over the tensor forward and two backward. On other backends it is composed of
 * TensorFlow.js operations. Differentiable in all inputs, also through `mean` and `variance`.
 *
 * @param x - `[..., channels]`
 * @param gamma - scales, `[channels]`
 * @param beta - offsets, `[channels]`
 * @param epsilon - added to the variance; 0.001 as in `tf.layers.batchNormalization`
 * @param group - takes the moments over the batches of all replicas, which must all call this in the same order; only with the
 * training kernels
 */
export function batchNormalizationTraining(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon = 1e-3,
  group?: ReplicaGroup,
): BatchNormalizationTraining {
  const where = 'batchNormalizationTraining()'
  checkTensor(where, 'x', x)
  const channels = x.shape[x.rank - 1]
  checkTensor(where, 'gamma', gamma, [channels])
  checkTensor(where, 'beta', beta, [channels])
  checkNumber(where, 'epsilon', epsilon, 0)
  if (group !== undefined) checkMethod(where, 'group', group, 'gather')
  if (tf.getKernel(forwardKernel, tf.getBackend())) {
    const inputs = { x: tf.cast(x, 'float32'), gamma, beta }
    const [y, mean, variance] = tf
      .engine()
      .runKernel(forwardKernel, inputs, { epsilon, group } as unknown as tf.NamedAttrMap) as tf.Tensor[]
    return { y, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D }
  }
  if (group) {
    throw new WasmBackendError({
      what: 'Batch normalization over a group of replicas is a training kernel.',
      expected: `the kernels on the backend 'wasm'`,
      received: `the backend '${tf.getBackend()}'`,
      fix: 'Call registerTrainingKernels() first.',
    })
  }
  return tf.tidy(() => {
    const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis)
    const { mean, variance } = tf.moments(x, axes)
    const vector = (tensor: tf.Tensor) => tensor as tf.Tensor1D
    const y = tf.batchNorm(x as tf.Tensor4D, vector(mean), vector(variance), beta, gamma, epsilon)
    return { y, mean: vector(mean), variance: vector(variance) }
  })
}

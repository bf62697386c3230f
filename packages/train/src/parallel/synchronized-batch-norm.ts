/** Lets the BatchNorm layers of a model take their statistics, in training, from the batches of all threads together. */
import { OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel, LayerVariable, layers } from '@tensorflow/tfjs-layers'
import { namedLayers } from '../model/named-weights.ts'
import type { Rendezvous } from './rendezvous.ts'

/** What TensorFlow.js declares private in `tf.layers.batchNormalization`. */
interface BatchNormalization extends layers.Layer {
  readonly axis: number
  readonly momentum: number
  readonly epsilon: number
  readonly gamma?: LayerVariable
  readonly beta?: LayerVariable
  readonly movingMean: LayerVariable
  readonly movingVariance: LayerVariable
}

/** What is used of `@onebit/tfjs-wasm-training`, which is optional. */
type TrainingKernels = typeof import('@onebit/tfjs-wasm-training')

function follow(moving: LayerVariable, value: tf.Tensor, momentum: number): void {
  moving.write(tf.add(tf.mul(moving.read(), momentum), tf.mul(value, 1 - momentum)))
}

/**
 * Every thread has to do this to the same model, and to train it in step with the others.
 * @throws OptionError naming a layer that normalizes another axis than the last.
 */
export function synchronizeBatchNorm(model: LayersModel, group: Rendezvous, kernels: TrainingKernels): void {
  for (const { path, layer } of namedLayers(model)) {
    if (layer.getClassName() !== 'BatchNormalization') continue
    const norm = layer as BatchNormalization
    const rank = (layer.input as { readonly rank: number }).rank
    if (norm.axis !== -1 && norm.axis !== rank - 1) {
      throw new OptionError({
        what: `The statistics of layer '${path}' cannot be synchronized between workers.`,
        expected: 'BatchNorm over the last axis',
        received: `axis ${norm.axis}`,
        fix: 'Train without `synchronizeBatchNorm`, or with one worker.',
      })
    }
    const infer = norm.call.bind(norm)
    norm.call = (inputs, kwargs) => {
      if (!kwargs.training) return infer(inputs, kwargs)
      return tf.tidy(() => {
        const [x] = [inputs].flat()
        const channels = x.shape[x.rank - 1]
        const gamma = (norm.gamma?.read() ?? tf.ones([channels])) as tf.Tensor1D
        const beta = (norm.beta?.read() ?? tf.zeros([channels])) as tf.Tensor1D
        const { y, mean, variance } = kernels.batchNormalizationTraining(x, gamma, beta, norm.epsilon, group)
        follow(norm.movingMean, mean, norm.momentum)
        follow(norm.movingVariance, variance, norm.momentum)
        return y
      })
    }
  }
}

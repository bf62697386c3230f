/**
 * Makes the BatchNorm layers of a model normalize in one fused kernel during training, if @onebit/tfjs-wasm-training is
 * registered. The kernel makes two passes over memory forward and two backward, instead of a dozen. In a group, the statistics
 * are those of the whole batch, across all replicas.
 */
import { OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel, LayerVariable, layers } from '@tensorflow/tfjs-layers'
import { namedLayers } from './named-weights.ts'

/** The parts of `tf.layers.batchNormalization` that TensorFlow.js declares private. */
interface BatchNormalization extends layers.Layer {
  /** In a list of one, as Keras writes it. */
  readonly axis: number | readonly number[]
  readonly momentum: number
  readonly epsilon: number
  readonly gamma?: LayerVariable
  readonly beta?: LayerVariable
  readonly movingMean: LayerVariable
  readonly movingVariance: LayerVariable
}

/** Replicas that share statistics; see `batchNormalizationTraining` of @onebit/tfjs-wasm-training. */
export interface BatchNormGroup {
  gather(values: Float64Array): readonly Float64Array[]
}

/** The kernel. It takes x, gamma and beta, and returns the normalized tensor and both moments. */
const FUSED = 'BatchNormalizationTraining'

function follow(moving: LayerVariable, value: tf.Tensor, momentum: number): void {
  moving.write(tf.add(tf.mul(moving.read(), momentum), tf.mul(value, 1 - momentum)))
}

function normalize(norm: BatchNormalization, x: tf.Tensor, group: BatchNormGroup | undefined): tf.Tensor {
  const channels = x.shape[x.rank - 1]
  const inputs = { x, gamma: norm.gamma?.read() ?? tf.ones([channels]), beta: norm.beta?.read() ?? tf.zeros([channels]) }
  const attributes = { epsilon: norm.epsilon, group } as unknown as tf.NamedAttrMap
  const [y, mean, variance] = tf.engine().runKernel(FUSED, inputs, attributes) as tf.Tensor[]
  follow(norm.movingMean, mean, norm.momentum)
  follow(norm.movingVariance, variance, norm.momentum)
  return y
}

/** TensorFlow.js still handles layers that normalize another axis than the last, and all layers on other engines. */
export class FusedBatchNorm {
  readonly #layers: readonly BatchNormalization[]

  private constructor(norms: readonly BatchNormalization[]) {
    this.#layers = norms
  }

  /**
   * Redirects a model's BatchNorm layers until `release`.
   * @param group Every replica has to train the same model in step with the others. A group needs the kernel.
   * @throws OptionError naming a layer that cannot share statistics.
   */
  static take(model: LayersModel, group?: BatchNormGroup): FusedBatchNorm {
    const norms = namedLayers(model).filter(({ layer }) => layer.getClassName() === 'BatchNormalization')
    const isLast = ({ layer }: { layer: layers.Layer }): boolean => {
      const [axis, ...others] = [(layer as BatchNormalization).axis].flat()
      const { rank } = layer.getInputAt(0) as { readonly rank: number }
      return others.length === 0 && (axis === -1 || axis === rank - 1)
    }
    const other = norms.find((norm) => !isLast(norm))
    if (group && other) {
      throw new OptionError({
        what: `The statistics of layer '${other.path}' cannot be synchronized between workers.`,
        expected: 'BatchNorm over the last axis',
        received: `axis ${(other.layer as BatchNormalization).axis}`,
        fix: 'Train without `synchronizeBatchNorm`, or with one worker.',
      })
    }
    const available = tf.getKernel(FUSED, tf.getBackend()) !== undefined
    const fused = available ? norms.filter(isLast).map(({ layer }) => layer as BatchNormalization) : []
    for (const norm of fused) {
      const infer = norm.call.bind(norm)
      // An own property hides the prototype's method until `release`.
      norm.call = (inputs, kwargs) =>
        kwargs.training ? tf.tidy(() => normalize(norm, [inputs].flat()[0], group)) : infer(inputs, kwargs)
    }
    return new FusedBatchNorm(fused)
  }

  /** Restores the layers' own methods. */
  release(): void {
    for (const norm of this.#layers) delete (norm as Partial<BatchNormalization>).call
  }
}

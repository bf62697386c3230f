/** From gradients to new weights: clipping, the optimizer, and the clip of latent weights. */
import { QuantizedLayer } from '@onebit/layers'
import type * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { DistillerVariables } from '../losses/distiller-variables.ts'
import { namedLayers, namedWeights } from '../model/named-weights.ts'
import { createOptimizer } from '../optimizers/create-optimizer.ts'
import type { Optimizer, Update } from '../optimizers/optimizer.ts'
import type { ResolvedStage } from '../plan.ts'
import { clipGradients } from './clip-gradients.ts'

export type TrainedWeight = Omit<Update, 'gradient'>

/** Weight decay acts on kernels, not on biases, BatchNorm or variables of quantizers. */
const decays = (name: string): boolean => /(^|[/_])kernel(#\d+)?$/.test(name)

/** The variables that an optimizer trains: those of the model in its order, then those of the distillers. */
export function trainedWeights(model: LayersModel, distillers: DistillerVariables): TrainedWeight[] {
  const trainable = new Set(model.trainableWeights)
  const quantized = new Set<unknown>(
    namedLayers(model).flatMap(({ layer }) =>
      layer instanceof QuantizedLayer && layer.quantizer('weight') ? [layer.weights[0]] : [],
    ),
  )
  const own = Array.from(namedWeights(model))
    .filter(([, weight]) => trainable.has(weight))
    .map(([name, weight]) => ({
      name,
      variable: weight.read() as tf.Variable,
      binary: quantized.has(weight),
      decays: decays(name),
    }))
  return [...own, ...distillers.all.map(({ name, variable }) => ({ name, variable, binary: false, decays: decays(name) }))]
}

export class WeightUpdate {
  readonly optimizer: Optimizer
  readonly trained: readonly TrainedWeight[]
  readonly #clipNorm: number
  readonly #layers: readonly QuantizedLayer[]

  constructor(model: LayersModel, { optimizer, weightDecay, clipNorm }: ResolvedStage, distillers: DistillerVariables) {
    this.optimizer = createOptimizer(optimizer, weightDecay)
    this.trained = trainedWeights(model, distillers)
    this.#clipNorm = clipNorm
    this.#layers = namedLayers(model).flatMap(({ layer }) => (layer instanceof QuantizedLayer ? [layer] : []))
  }

  /**
   * Call it inside `tf.tidy`.
   * @param gradients By variable name. Weights without a gradient stay as they are.
   * @param factor The factor of the schedule, 0 to 1.
   */
  apply(gradients: tf.NamedTensorMap, learningRate: number, factor: number): void {
    const reached = this.trained.filter(({ variable }) => gradients[variable.name])
    const all = reached.map(({ variable }) => gradients[variable.name])
    const clipped = this.#clipNorm > 0 ? clipGradients(all, this.#clipNorm) : all
    this.optimizer.apply(
      reached.map((weight, index) => ({ ...weight, gradient: clipped[index] })),
      learningRate,
      factor,
    )
    for (const layer of this.#layers) layer.clipLatentWeights()
  }

  dispose(): void {
    this.optimizer.dispose()
  }
}

/** Turns gradients into new weights: clipping, the optimizers, and the clip of latent weights. */
import { QuantizedLayer } from '@onebit/layers'
import type * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { DistillerVariables } from '../losses/distiller-variables.ts'
import { namedLayers } from '../model/named-weights.ts'
import { type TrainedWeight, trainedWeights } from '../model/trained-weights.ts'
import { GroupedOptimizer } from '../optimizers/grouped-optimizer.ts'
import type { Rate } from '../optimizers/parameter-groups.ts'
import type { ResolvedStage } from '../plan.ts'
import { clipGradients } from './clip-gradients.ts'

interface ClippedLayer {
  readonly layer: QuantizedLayer
  /** The weights of the layer that train. The others do not change. */
  readonly trained: { readonly kernel: boolean; readonly bias: boolean }
}

/** The quantized layers with at least one weight that trains. */
function clippedLayers(model: LayersModel, trained: readonly TrainedWeight[]): ClippedLayer[] {
  const names = new Set(trained.map(({ name }) => name))
  return namedLayers(model).flatMap(({ path, layer }) => {
    const [kernel, bias] = [names.has(`${path}/kernel`), names.has(`${path}/bias`)]
    return layer instanceof QuantizedLayer && (kernel || bias) ? [{ layer, trained: { kernel, bias } }] : []
  })
}

export class WeightUpdate {
  readonly optimizer: GroupedOptimizer
  readonly trained: readonly TrainedWeight[]
  readonly #clipNorm: number
  readonly #layers: readonly ClippedLayer[]

  constructor(model: LayersModel, stage: ResolvedStage, distillers: DistillerVariables) {
    this.trained = trainedWeights(model, distillers.all, stage)
    this.optimizer = new GroupedOptimizer(stage, this.trained)
    this.#clipNorm = stage.clipNorm
    this.#layers = clippedLayers(model, this.trained)
  }

  /**
   * Call inside `tf.tidy`.
   * @param gradients By variable name. Weights without a gradient stay as they are.
   * @param rates The rates of the stage's groups.
   */
  apply(gradients: tf.NamedTensorMap, rates: readonly Rate[]): void {
    const reached = this.trained.filter(({ variable }) => gradients[variable.name])
    const all = reached.map(({ variable }) => gradients[variable.name])
    const clipped = this.#clipNorm > 0 ? clipGradients(all, this.#clipNorm) : all
    this.optimizer.apply(
      reached.map(({ name }, index) => [name, clipped[index]]),
      rates,
    )
    for (const { layer, trained } of this.#layers) layer.clipLatentWeights(trained)
  }

  dispose(): void {
    this.optimizer.dispose()
  }
}

/** One update of a model's weights from one batch. */
import type { Batch, ImageSet } from '@onebit/data'
import { QuantizedLayer } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { layersTapped, totalLoss } from '../losses.ts'
import { namedLayers, namedWeights } from '../model/named-weights.ts'
import type { QuantizerControl } from '../model/quantizer-control.ts'
import { createOptimizer } from '../optimizers/create-optimizer.ts'
import type { Optimizer, Update } from '../optimizers/optimizer.ts'
import type { ResolvedStage } from '../plan.ts'
import { seedFor } from '../seeds.ts'
import { clipGradients } from './clip-gradients.ts'
import { mixUp } from './mix-up.ts'
import { ScoredModel } from './scored-model.ts'

export interface StepContext {
  /** Steps done in the run. */
  readonly step: number
  readonly learningRate: number
  /** The schedule's part of the rate. */
  readonly factor: number
}

export type StepResult = {
  /** Mean over the batch; no number if training diverged, and then nothing was updated. */
  readonly loss: number
  /** Images labeled right as they were seen. */
  readonly correct: number
}

export interface TrainingStepOptions {
  readonly stage: ResolvedStage
  readonly classes: number
  readonly seed: number
  readonly control: QuantizerControl
  readonly teacher?: LayersModel
}

type Trained = Omit<Update, 'gradient'>

function trainedWeights(model: LayersModel): Trained[] {
  const trainable = new Set(model.trainableWeights)
  const quantized = new Set<unknown>(
    namedLayers(model).flatMap(({ layer }) =>
      layer instanceof QuantizedLayer && layer.quantizer('weight') ? [layer.weights[0]] : [],
    ),
  )
  return Array.from(namedWeights(model))
    .filter(([, weight]) => trainable.has(weight))
    .map(([name, weight]) => ({
      name,
      variable: weight.read() as tf.Variable,
      binary: quantized.has(weight),
      decays: /(^|[/_])kernel(#\d+)?$/.test(name),
    }))
}

export class TrainingStep {
  readonly optimizer: Optimizer
  readonly #options: TrainingStepOptions
  readonly #student: ScoredModel
  readonly #teacher?: ScoredModel
  readonly #trained: readonly Trained[]

  constructor(model: LayersModel, options: TrainingStepOptions) {
    const taps = layersTapped(options.stage.losses)
    this.#options = options
    this.#student = new ScoredModel(model, taps)
    this.#teacher = options.teacher && new ScoredModel(options.teacher, taps)
    this.#trained = trainedWeights(model)
    this.optimizer = createOptimizer(options.stage.optimizer, options.stage.weightDecay)
  }

  run(batch: Batch, set: ImageSet, { step, learningRate, factor }: StepContext): StepResult {
    const { stage, control } = this.#options
    control.step = step
    const result = tf.tidy((): StepResult => {
      const { images, targets } = this.#inputs(batch, set, step)
      const teacher = this.#teacher?.outputs(images, false)
      let right: tf.Tensor | undefined
      const { value, grads } = tf.variableGrads(
        () => {
          const student = this.#student.outputs(images, true)
          const hits = tf.equal(tf.argMax(student.scores, -1), tf.tensor1d(batch.labels, 'int32'))
          // Kept: the gradient function clears up after itself before the number is read.
          right = tf.keep(tf.sum(hits))
          return totalLoss(stage.losses, targets, student, teacher)
        },
        this.#trained.map(({ variable }) => variable),
      )
      const loss = value.dataSync()[0]
      const correct = right!.dataSync()[0]
      right!.dispose()
      if (Number.isFinite(loss)) this.#update(grads, learningRate, factor)
      return { loss, correct }
    })
    if (Number.isFinite(result.loss)) for (const { layer } of control.layers) layer.clipLatentWeights()
    return result
  }

  #inputs(batch: Batch, set: ImageSet, step: number): { images: tf.Tensor4D; targets: tf.Tensor } {
    const { stage, classes, seed } = this.#options
    const images = tf.tensor4d(batch.images, [batch.count, ...set.shape])
    const exact = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), classes)
    const { labelSmoothing: share } = stage
    const targets = share > 0 ? tf.add(tf.mul(exact, 1 - share), share / classes) : exact
    return stage.mixUp > 0 ? mixUp(images, targets, stage.mixUp, seedFor(seed, 'mix-up', step)) : { images, targets }
  }

  #update(gradients: tf.NamedTensorMap, learningRate: number, factor: number): void {
    const { clipNorm } = this.#options.stage
    const reached = this.#trained.filter(({ variable }) => gradients[variable.name])
    const all = reached.map(({ variable }) => gradients[variable.name])
    const clipped = clipNorm > 0 ? clipGradients(all, clipNorm) : all
    this.optimizer.apply(
      reached.map((weight, index) => ({ ...weight, gradient: clipped[index] })),
      learningRate,
      factor,
    )
  }

  dispose(): void {
    this.optimizer.dispose()
  }
}

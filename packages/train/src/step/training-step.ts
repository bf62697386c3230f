/** One update of a model's weights from one batch. */
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { DistillerVariables } from '../losses/distiller-variables.ts'
import type { QuantizerControl } from '../model/quantizer-control.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import type { ResolvedStage } from '../plan.ts'
import type { EncodedBatch } from '../targets.ts'
import { GradientPass, type PassNumbers, readNumbers } from './gradient-pass.ts'
import { type InputOptions, stepInputs } from './step-inputs.ts'
import type { TappedModel } from './tapped-model.ts'
import { WeightUpdate } from './weight-update.ts'

export interface StepContext {
  /** Number of steps done in the run. */
  readonly step: number
  readonly learningRate: number
  /** The factor of the schedule. */
  readonly factor: number
  /** Finished share of the stage, 0 to 1. */
  readonly progress: number
}

export interface StepperOptions extends InputOptions {
  readonly model: LayersModel
  readonly stage: ResolvedStage
  /** Number of the stage, from 0. */
  readonly stageIndex: number
  readonly control: QuantizerControl
  readonly teacher?: LayersModel
  /** The views of model and teacher that losses read. */
  readonly student: TappedModel
  readonly tappedTeacher?: TappedModel
  readonly distillerVariables: DistillerVariables
}

/** Takes the steps of a stage, on this thread or on several. */
export interface Stepper {
  readonly optimizer: Optimizer
  /**
   * Callers wait for a step to finish before they pass the next batch.
   * @returns the mean loss over the batch, and sums over its pictures. If the loss is not finite, training diverged and nothing
   *   was updated.
   */
  run(batch: EncodedBatch, context: StepContext): Promise<PassNumbers>
  dispose(): void
}

/** Steps on this thread. */
export class TrainingStep implements Stepper {
  readonly #options: StepperOptions
  readonly #update: WeightUpdate
  readonly #pass: GradientPass

  constructor(options: StepperOptions) {
    const { model, stage, student, tappedTeacher, distillerVariables, task, facts } = options
    this.#options = options
    this.#update = new WeightUpdate(model, stage, distillerVariables)
    this.#pass = new GradientPass({
      student,
      teacher: tappedTeacher,
      losses: stage.losses,
      distillerVariables,
      variables: this.#update.trained.map(({ variable }) => variable),
      task,
      facts,
    })
  }

  get optimizer(): Optimizer {
    return this.#update.optimizer
  }

  async run(batch: EncodedBatch, { step, learningRate, factor, progress }: StepContext): Promise<PassNumbers> {
    const { control, task } = this.#options
    control.step = step
    control.progress = progress
    const pass = tf.tidy(() => this.#pass.tensors(stepInputs(batch, this.#options, step)))
    try {
      const numbers = readNumbers(task, (await pass.numbers.data()) as Float32Array)
      if (Number.isFinite(numbers.loss)) tf.tidy(() => this.#update.apply(pass.gradients, learningRate, factor))
      return numbers
    } finally {
      tf.dispose([pass.numbers, ...Object.values(pass.gradients)])
    }
  }

  dispose(): void {
    this.#update.dispose()
  }
}

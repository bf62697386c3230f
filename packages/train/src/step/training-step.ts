/** One update of a model's weights from one batch. */
import type { Batch } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { QuantizerControl } from '../model/quantizer-control.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import type { ResolvedStage } from '../plan.ts'
import { GradientPass } from './gradient-pass.ts'
import { type InputOptions, stepInputs } from './step-inputs.ts'
import { WeightUpdate } from './weight-update.ts'

export interface StepContext {
  /** Steps done in the run. */
  readonly step: number
  readonly learningRate: number
  /** The schedule's part of the rate. */
  readonly factor: number
  /** Share of the stage that is done, 0 to 1. */
  readonly progress: number
}

export interface StepResult {
  /** Mean over the batch; no number if training diverged, and then nothing was updated. */
  readonly loss: number
  /** Images labeled right as they were seen. */
  readonly correct: number
}

export interface TrainingStepOptions extends InputOptions {
  readonly stage: ResolvedStage
  readonly control: QuantizerControl
  readonly teacher?: LayersModel
}

/** How a stage takes its steps: on this thread, or on several. */
export interface Stepper {
  readonly optimizer: Optimizer
  /** The next batch is not given before the step is done. */
  run(batch: Batch, context: StepContext): Promise<StepResult>
  dispose(): void
}

/** Steps on this thread. */
export class TrainingStep implements Stepper {
  readonly #options: TrainingStepOptions
  readonly #update: WeightUpdate
  readonly #pass: GradientPass

  constructor(model: LayersModel, options: TrainingStepOptions) {
    const { stage, teacher } = options
    this.#options = options
    this.#update = new WeightUpdate(model, stage)
    const variables = this.#update.trained.map(({ variable }) => variable)
    this.#pass = new GradientPass(model, { losses: stage.losses, variables, teacher })
  }

  get optimizer(): Optimizer {
    return this.#update.optimizer
  }

  async run(batch: Batch, { step, learningRate, factor, progress }: StepContext): Promise<StepResult> {
    const { control } = this.#options
    control.step = step
    control.progress = progress
    const pass = tf.tidy(() => this.#pass.tensors(stepInputs(batch, this.#options, step)))
    try {
      const [[loss], [correct]] = await Promise.all([pass.loss.data(), pass.correct.data()])
      if (Number.isFinite(loss)) tf.tidy(() => this.#update.apply(pass.gradients, learningRate, factor))
      return { loss, correct }
    } finally {
      tf.dispose([pass.loss, pass.correct, ...Object.values(pass.gradients)])
    }
  }

  dispose(): void {
    this.#update.dispose()
  }
}

/** One update of a model's weights from one batch. */
import type { TeacherTensors } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { DistillerVariables } from '../losses/distiller-variables.ts'
import type { QuantizerControl } from '../model/quantizer-control.ts'
import type { GroupedOptimizer } from '../optimizers/grouped-optimizer.ts'
import type { Rate } from '../optimizers/parameter-groups.ts'
import type { ResolvedStage } from '../plan.ts'
import type { EncodedBatch } from '../targets.ts'
import { disposeTensors } from '../teacher/row-layout.ts'
import type { StageTeacher } from '../teacher/stage-teacher.ts'
import { GradientPass, type PassNumbers, type PassTensors, readNumbers } from './gradient-pass.ts'
import { disposeInputs, type InputOptions, keptInputs, stepInputs } from './step-inputs.ts'
import type { TappedModel } from './tapped-model.ts'
import { WeightUpdate } from './weight-update.ts'

export interface StepContext {
  /** Number of steps done in the run. */
  readonly step: number
  /** The rates of the stage's groups. The last one is that of the stage itself. */
  readonly rates: readonly Rate[]
  /** Finished share of the stage, 0 to 1. */
  readonly progress: number
}

export interface StepperOptions extends InputOptions {
  readonly model: LayersModel
  readonly stage: ResolvedStage
  /** Number of the stage, from 0. */
  readonly stageIndex: number
  readonly control: QuantizerControl
  readonly teacher?: StageTeacher
  /** The view of the model that losses read. */
  readonly student: TappedModel
  readonly distillerVariables: DistillerVariables
}

/** Takes the steps of a stage, on this thread or on several. */
export interface Stepper {
  readonly optimizer: GroupedOptimizer
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
    const { model, stage, student, distillerVariables, task, facts } = options
    this.#options = options
    this.#update = new WeightUpdate(model, stage, distillerVariables)
    this.#pass = new GradientPass({
      student,
      losses: stage.losses,
      distillerVariables,
      variables: this.#update.trained.map(({ variable }) => variable),
      task,
      facts,
    })
  }

  get optimizer(): GroupedOptimizer {
    return this.#update.optimizer
  }

  async run(batch: EncodedBatch, { step, rates, progress }: StepContext): Promise<PassNumbers> {
    const { control, task } = this.#options
    control.step = step
    control.progress = progress
    const pass = await this.#passOver(batch, step)
    try {
      const numbers = readNumbers(task, (await pass.numbers.data()) as Float32Array)
      if (Number.isFinite(numbers.loss)) tf.tidy(() => this.#update.apply(pass.gradients, rates))
      return numbers
    } finally {
      tf.dispose([pass.numbers, ...Object.values(pass.gradients)])
    }
  }

  async #passOver(batch: EncodedBatch, step: number): Promise<PassTensors> {
    const { teacher } = this.#options
    if (!teacher) return tf.tidy(() => this.#pass.tensors(stepInputs(batch, this.#options, step)))
    const inputs = keptInputs(batch, this.#options, step)
    let given: TeacherTensors | undefined
    try {
      given = await teacher.tensors(inputs.images, batch.pictures)
      return tf.tidy(() => this.#pass.tensors(inputs, given))
    } finally {
      disposeTensors(given)
      disposeInputs(inputs)
    }
  }

  dispose(): void {
    this.#update.dispose()
  }
}

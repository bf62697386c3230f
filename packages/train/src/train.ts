/** Training in one stage or several: the public functions and their options. */
import { checkArgument, checkOptions, checkOptionValues, checkRecord, rules, type Task, type ValueRules } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { CHECKPOINT_OPTIONS, layersModel, RUN_OPTIONS } from './argument-rules.ts'
import type { RunHost } from './host.ts'
import { makePlan, type Plan, type PlanOptions } from './plan.ts'
import { run } from './run.ts'
import type { RunOptions } from './run-options.ts'
import type { StageComposition, StageData, StageOptions, StageSettings } from './stage.ts'
import { taskOf } from './task-context.ts'
import type { TrainedStages, TrainResult } from './train-result.ts'
import { batchSizeOf } from './training-data.ts'

/** Options of a run with one stage. */
export interface TrainOptions extends RunOptions, StageSettings, Pick<StageData, 'augment'> {}

/** Options of a run with several stages. Settings beside `stages` are the defaults of all stages. */
export interface TrainStagesOptions extends RunOptions, Partial<StageSettings>, Pick<StageData, 'augment'> {
  readonly stages: readonly StageOptions[]
  /** Composes a new model for a stage: the same layers with the same names and shapes, with the quantizers of that stage. */
  compose(stage: StageComposition): LayersModel | Promise<LayersModel>
}

function planOf(options: TrainOptions | Omit<TrainStagesOptions, 'compose'>, task: Task): Plan {
  return makePlan({ ...options, task, batchSize: batchSizeOf(options.data, options.batchSize) } as PlanOptions)
}

/** Checks the options of a run, except the settings of its stages. @throws OptionError */
function checkRunOptions(where: string, options: RunOptions): void {
  checkRecord(where, options)
  checkOptionValues(where, options, RUN_OPTIONS satisfies ValueRules<keyof RunOptions>, ['data'])
  checkOptions(`The checkpoints of ${where}`, options.checkpoint, CHECKPOINT_OPTIONS)
}

/** The two ways to train. In Node they have folders, threads and a progress bar; in a page they have none. */
export interface Trainer {
  /**
   * Trains a model in place.
   * @throws EngineError if the engine does not start; OptionError on a bad option; DivergenceError naming the layer if the loss,
   *   a weight or an output is not finite; FileError if the run folder cannot be written; RunError if another process trains into
   *   it, or if it holds unfinished work and neither `resume` nor `overwrite` is set; CheckpointError if the resumed run has
   *   changed, or if no checkpoint is whole; WorkerError if a training thread does not start, or is lost.
   */
  train(model: LayersModel, options: TrainOptions): Promise<TrainResult>
  /**
   * Trains in stages, and carries weights from one to the next by name, bit for bit. The caller disposes of the model.
   * @throws the errors of `train`, and RunError if a stage's model does not fit its initial weights.
   */
  trainStages(options: TrainStagesOptions): Promise<TrainedStages>
}

export function trainerOn(host: RunHost): Trainer {
  return {
    async train(model, options) {
      checkArgument('train()', 'model', model, layersModel)
      checkRunOptions('train()', options)
      const plan = planOf(options, taskOf(model, options.task))
      const initialize = options.initialize ?? (options.seed === undefined ? 'keep' : 'seeded')
      const { result } = await run(plan, () => model, { ...options, initialize }, host)
      return result
    },
    async trainStages(given) {
      checkRunOptions('trainStages()', given)
      checkOptionValues('trainStages()', given, { compose: rules.callback, stages: rules.list(rules.anything) }, [
        'compose',
        'stages',
      ])
      const { compose, ...options } = given
      const plan = planOf(options, taskOf(undefined, options.task))
      return run(
        plan,
        async (stage) => {
          const model = await compose(stage)
          checkArgument('trainStages()', 'compose()', model, layersModel)
          return model
        },
        options,
        host,
      )
    },
  }
}

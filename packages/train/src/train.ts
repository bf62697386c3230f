/** Training, in one stage or several: the public functions and their options. */
import type { MetricInfo, MetricTable, Registry, Task } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { EngineName } from './engine.ts'
import type { EpochRecord, EvaluatedPart, LossPoint, MetricValues, PartialEpoch, TrainListener } from './events.ts'
import type { RunHost } from './host.ts'
import type { WorkerOptions } from './parallel/worker-options.ts'
import { makePlan, type Plan, type PlanOptions } from './plan.ts'
import type { CheckpointOptions } from './run/checkpointer.ts'
import { run } from './run.ts'
import type { StageComposition, StageOptions, StageSettings } from './stage.ts'
import { taskOf } from './task-context.ts'
import { batchSizeOf, type TrainingData } from './training-data.ts'

/** What a run is, apart from how its stages train. */
export interface RunOptions {
  data: TrainingData
  /** What the network is trained to do. Default, for `train`: the task that the model was composed for. */
  task?: Task
  /** Where names of optimizers, losses and distillers are looked up, before those of this package. */
  registry?: Registry
  /** Of images in memory; a source of batches brings its own. @default 64 */
  batchSize?: number
  /**
   * Fixes the order of the images, mix-up and stochastic quantizers, and the initial weights if they are `seeded`: an integer from 0
   * to 2^32 - 1. @default 0
   */
  seed?: number
  /**
   * `seeded` draws all weights anew, by seed and name, before the first step; `keep` begins with the weights that the model has.
   * Default: `seeded` where a seed is given and for `trainStages`, else `keep`.
   */
  initialize?: 'seeded' | 'keep'
  /** Default: of a resumed run the engine that it began on, else `auto`. */
  engine?: EngineName
  /**
   * Trains on several threads of this machine, on the engine `wasm`: each takes a part of every batch. The same number of threads gives
   * the same bits; another number gives other ones. Default: this thread alone.
   */
  workers?: number | WorkerOptions
  /** Folder for the trained model, the log, the run's description and, until it is complete, checkpoints. Made if it is missing. */
  out?: string
  /** Continues the run in `out` from its last good checkpoint. Without one it starts; of a complete run it returns the result. */
  resume?: boolean
  /** Gives up unfinished work in `out`. Without it, a new run refuses a folder with checkpoints. */
  overwrite?: boolean
  /** Takes `out` from a process that is said to train into it but no longer runs. Such a claim also ends by itself, after a minute. */
  takeOver?: boolean
  checkpoint?: CheckpointOptions
  /** Draws progress bars on standard error. @default true */
  progress?: boolean
  onEvent?: TrainListener
  /** Stops after the step under way; what is trained so far is saved, with a checkpoint to resume from. */
  signal?: AbortSignal
  /** Written to the run folder beside the results: how the model was composed. */
  recipe?: unknown
}

/** Options of a run with one stage. */
export interface TrainOptions extends RunOptions, StageSettings {}

/** Options of a run with several stages. Settings beside `stages` are defaults of all of them. */
export interface TrainStagesOptions extends RunOptions, Partial<StageSettings> {
  readonly stages: readonly StageOptions[]
  /** Makes a new model for a stage: the same layers with the same names and shapes, with that stage's quantizers. */
  compose(stage: StageComposition): LayersModel | Promise<LayersModel>
}

export interface TrainResult {
  readonly engine: string
  /** What is measured; the first is the headline. */
  readonly metrics: readonly MetricInfo[]
  /** What epochs are measured on. */
  readonly evaluated: EvaluatedPart
  /** Whole epochs. */
  readonly epochs: readonly EpochRecord[]
  /** The epoch that a signal cut short. */
  readonly partial?: PartialEpoch
  /** At most a few hundred points of the loss curve. */
  readonly losses: readonly LossPoint[]
  /** Whether a signal ended training before its last step. */
  readonly interrupted: boolean
  /** Time spent training, kills and resumes left out. */
  readonly seconds: number
  /** The model on the test pictures. Absent if a signal ended training. */
  readonly test?: MetricValues
  /** What the task tells beside those numbers. */
  readonly tables?: readonly MetricTable[]
}

/** The model of the last stage that ran, and how it went. */
export interface TrainedStages {
  readonly model: LayersModel
  readonly result: TrainResult
}

function planOf(options: TrainOptions | Omit<TrainStagesOptions, 'compose'>, task: Task): Plan {
  return makePlan({ ...options, task, batchSize: batchSizeOf(options.data, options.batchSize) } as PlanOptions)
}

/** Both ways to train, as a place can: Node with folders, threads and a progress bar, a page without. */
export interface Trainer {
  /**
   * Trains a model in place.
   * @throws EngineError if the engine does not start; OptionError on a bad option; DivergenceError naming the layer once the loss, a weight
   * or an output is no number; FileError if the run folder cannot be written; RunError if another process trains into it, or if it holds
   * unfinished work and neither `resume` nor `overwrite` is set; CheckpointError if what is resumed changed, or no checkpoint is whole;
   * WorkerError if a training thread does not start, or is lost.
   */
  train(model: LayersModel, options: TrainOptions): Promise<TrainResult>
  /**
   * Trains in stages, carrying weights from one to the next by name, unchanged to the bit. The caller disposes of the model.
   * @throws as `train` does, and RunError if a stage's model does not fit the weights it begins with.
   */
  trainStages(options: TrainStagesOptions): Promise<TrainedStages>
}

export function trainerOn(host: RunHost): Trainer {
  return {
    async train(model, options) {
      const plan = planOf(options, taskOf(model, options.task))
      const initialize = options.initialize ?? (options.seed === undefined ? 'keep' : 'seeded')
      const { result } = await run(plan, () => model, { ...options, initialize }, host)
      return result
    },
    async trainStages({ compose, ...options }) {
      const plan = planOf(options, taskOf(undefined, options.task))
      return run(plan, compose, options, host)
    },
  }
}

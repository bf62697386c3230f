/** Training in a page or in a worker of one: without run folders, threads, reports and progress bars, and without any module of Node. */
import type { Plugin } from '@onebit/core'
import { plugins } from './plugins/index.ts'
import { type Trainer, trainerOn } from './train.ts'

export { type Engine, type EngineName, startEngine } from './engine.ts'
export { DivergenceError, EngineError, RunError } from './errors.ts'
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts'
export type { EpochRecord, EvaluatedPart, LossPoint, MetricValues, PartialEpoch, TrainEvent, TrainListener } from './events.ts'
export type { LossTerm, Tap } from './losses/loss-terms.ts'
export { FlipRatio } from './metrics/flip-ratio.ts'
export type { LayerMetrics } from './metrics/layer-metrics.ts'
export { initializeWeights } from './model/initialize.ts'
export { Optimizer, type OptimizerState, type Update } from './optimizers/optimizer.ts'
export {
  defineOptimizer,
  type OptimizerContext,
  type OptimizerDefinition,
  type OptimizerNames,
  type OptimizerPlugin,
  type OptimizerReference,
} from './optimizers/optimizer-plugin.ts'
export { attentionMatching } from './plugins/attention-matching.ts'
export { softLabels } from './plugins/soft-labels.ts'
export { tanh } from './plugins/tanh.ts'
export type { RunOptions } from './run-options.ts'
export { type Schedule, type StepSchedule, scheduleFactor } from './schedule.ts'
export { RUN_SETTINGS, STAGE_COMPOSITION, STAGE_SETTINGS } from './settings.ts'
export {
  type Binary,
  type Stage,
  type StageComposition,
  type StageOptions,
  type StageSettings,
  stageQuantizers,
} from './stage.ts'
export type { TrainOptions, TrainStagesOptions } from './train.ts'
export type { TrainedStages, TrainResult } from './train-result.ts'
export type { TrainingData } from './training-data.ts'

const trainer: Trainer = trainerOn({})

/** Trains a model in place; see `Trainer`. `out`, `resume` and `workers` are refused. */
export const train: Trainer['train'] = trainer.train

/** Trains in stages; see `Trainer`. `out`, `resume` and `workers` are refused. */
export const trainStages: Trainer['trainStages'] = trainer.trainStages

export default plugins as readonly Plugin[]

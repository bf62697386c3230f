import type { Plugin } from '@onebit/core'
import { nodeHost } from './node-host.ts'
import { plugins } from './plugins/index.ts'
import { type Trainer, trainerOn } from './train.ts'

export { CheckpointError } from './checkpoint/checkpoint-error.ts'
export { type CheckpointContent, decodeCheckpoint } from './checkpoint/checkpoint-file.ts'
export { type Engine, type EngineName, startEngine } from './engine.ts'
export { DivergenceError, EngineError, RunError, WorkerError } from './errors.ts'
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts'
export type { EpochRecord, EvaluatedPart, LossPoint, MetricValues, PartialEpoch, TrainEvent, TrainListener } from './events.ts'
export type { LossTerm, Tap } from './losses/loss-terms.ts'
export { FlipRatio } from './metrics/flip-ratio.ts'
export type { Histogram } from './metrics/histogram.ts'
export type { LayerMetrics } from './metrics/layer-metrics.ts'
export { initializeWeights } from './model/initialize.ts'
export { loadSavedModel, saveLayersModel } from './model-files.ts'
export { Optimizer, type OptimizerState, type Update } from './optimizers/optimizer.ts'
export {
  defineOptimizer,
  type OptimizerContext,
  type OptimizerDefinition,
  type OptimizerNames,
  type OptimizerPlugin,
  type OptimizerReference,
} from './optimizers/optimizer-plugin.ts'
export type { WorkerOptions } from './parallel/worker-options.ts'
export { makePlan, type Plan, type PlanOptions, type ResolvedStage } from './plan.ts'
export { attentionMatching } from './plugins/attention-matching.ts'
export { softLabels } from './plugins/soft-labels.ts'
export { tanh } from './plugins/tanh.ts'
export { progressBar } from './progress-bar.ts'
export { readRun } from './read-run.ts'
export { type ReportSection, renderReport } from './report/report.ts'
export type { CheckpointOptions } from './run/checkpointer.ts'
export type { RunOptions } from './run-options.ts'
export type { RunRecord, SampleRecord } from './run-record.ts'
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
export type { StageRecord } from './stage-record.ts'
export type { TrainOptions, TrainStagesOptions } from './train.ts'
export type { TrainedStages, TrainResult } from './train-result.ts'
export type { DataSources, TrainingData } from './training-data.ts'

const trainer: Trainer = trainerOn(nodeHost)

/** Trains a model in place; see `Trainer`. */
export const train: Trainer['train'] = trainer.train

/** Trains in stages; see `Trainer`. */
export const trainStages: Trainer['trainStages'] = trainer.trainStages

export default plugins as readonly Plugin[]

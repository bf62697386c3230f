import type { Plugin } from '@onebit/core'
import { attentionMatching } from './plugins/attention-matching.ts'
import { tanh } from './plugins/tanh.ts'

export { CheckpointError } from './checkpoint/checkpoint-error.ts'
export { type CheckpointContent, decodeCheckpoint } from './checkpoint/checkpoint-file.ts'
export { type Engine, type EngineName, startEngine } from './engine.ts'
export { DivergenceError, EngineError, RunError, WorkerError } from './errors.ts'
export { evaluate, type SamplePrediction, type Score } from './evaluate.ts'
export type { EpochRecord, LossPoint, TrainEvent, TrainListener } from './events.ts'
export type { DistillerTerm, LossTerm, SoftLabelsTerm, Tap } from './losses.ts'
export { FlipRatio } from './metrics/flip-ratio.ts'
export type { Histogram } from './metrics/histogram.ts'
export type { LayerMetrics } from './metrics/layer-metrics.ts'
export { initializeWeights } from './model/initialize.ts'
export { loadSavedModel, saveLayersModel } from './model-files.ts'
export type { OptimizerReference } from './optimizers/create-optimizer.ts'
export type { WorkerOptions } from './parallel/worker-options.ts'
export { makePlan, type Plan, type PlanOptions, type ResolvedStage } from './plan.ts'
export { progressBar } from './progress-bar.ts'
export { readRun } from './read-run.ts'
export { type ReportSection, renderReport } from './report/report.ts'
export type { CheckpointOptions } from './run-context.ts'
export type { RunRecord } from './run-folder.ts'
export { type Schedule, type StepSchedule, scheduleFactor } from './schedule.ts'
export { type Binary, type Stage, type StageOptions, type StageSettings, stageQuantizers } from './stage.ts'
export {
  type RunOptions,
  type TrainedStages,
  type TrainOptions,
  type TrainResult,
  type TrainStagesOptions,
  train,
  trainStages,
} from './train.ts'
export type { TrainingData } from './training-data.ts'

export { attentionMatching, tanh }

/** What stages of training bring beside the quantizers and blocks of other packages, for `createRegistry`. */
const plugins: readonly Plugin[] = [tanh, attentionMatching]
export default plugins

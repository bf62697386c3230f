import type { Plugin } from '@onebit/core'
import { nodeHost } from './node-host.ts'
import { plugins } from './plugins/index.ts'
import { type Trainer, trainerOn } from './train.ts'

export { CheckpointError } from './checkpoint/checkpoint-error.ts'
export { type CheckpointContent, decodeCheckpoint } from './checkpoint/checkpoint-file.ts'
export { DivergenceError, EngineError, RunError, WorkerError } from './errors.ts'
export * from './everywhere.ts'
export type { Histogram } from './metrics/histogram.ts'
export { loadSavedModel, saveLayersModel } from './model-files.ts'
export type { WorkerOptions } from './parallel/worker-options.ts'
export { makePlan, type Plan, type PlanOptions, type ResolvedStage } from './plan.ts'
export { progressBar } from './progress-bar.ts'
export { readRun } from './read-run.ts'
export { type ReportSection, renderReport } from './report/report.ts'
export type { CheckpointOptions } from './run/checkpointer.ts'
export type { RunRecord, SampleRecord } from './run-record.ts'
export type { StageRecord } from './stage-record.ts'
export type { DataSources, TrainingData } from './training-data.ts'

const trainer: Trainer = trainerOn(nodeHost)

/** Trains a model in place; see `Trainer`. */
export const train: Trainer['train'] = trainer.train

/** Trains in stages; see `Trainer`. */
export const trainStages: Trainer['trainStages'] = trainer.trainStages

export default plugins as readonly Plugin[]

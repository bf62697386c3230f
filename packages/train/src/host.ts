/**
 * The services that a run needs from the platform it trains on. Node provides all of them. A page provides none, and training
 * works there too.
 */
import type { InputNormalization } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { CheckpointContent } from './checkpoint/checkpoint-file.ts'
import type { EpochRecord, TrainListener } from './events.ts'
import type { ResolvedWorkers, WorkerOptions } from './parallel/worker-options.ts'
import type { RunRecord } from './run-record.ts'
import type { RunState } from './run-state.ts'
import type { Stepper, StepperOptions } from './step/training-step.ts'

/** Stores checkpoints. */
export interface CheckpointStore {
  /** @returns the path of the file. @throws FileError if it cannot be written; the earlier checkpoints stay whole. */
  save(step: number, content: CheckpointContent<RunState>): Promise<string>
  /** @throws CheckpointError if there are checkpoints and all are damaged. */
  latest(warn: (message: string) => void): Promise<(CheckpointContent<RunState> & { readonly file: string }) | undefined>
  sweep(): Promise<void>
}

/** Stores a run. */
export interface RunStore {
  readonly path: string
  readonly checkpoints: CheckpointStore
  /** Appends each epoch to the log when it ends. */
  readonly listener: TrainListener
  record(): Promise<RunRecord | undefined>
  clear(overwrite: boolean): Promise<void>
  rewriteLog(records: readonly EpochRecord[]): Promise<void>
  restoreWeights(model: LayersModel): Promise<void>
  finish(model: LayersModel, record: RunRecord): Promise<void>
  /** Unlocks the folder, so that other processes may train into it. */
  release(): Promise<void>
}

export interface OpenFolderOptions {
  /** Number of checkpoints to keep. @default 3 */
  readonly keep?: number
  /** Take over a locked folder if the process that locked it no longer runs. @default false */
  readonly takeOver?: boolean
}

/** Threads that compute the steps of a run. */
export interface Threads {
  stepper(options: StepperOptions): Stepper
  close(): Promise<void>
}

export interface RunHost {
  /** @throws FileError if the folder cannot be made; RunError if another process trains into it. */
  openFolder?(path: string, options?: OpenFolderOptions): Promise<RunStore>
  /**
   * The model in a run folder, as a teacher.
   * @throws RunError if the folder holds no run or a damaged one; the error of a layer if its quantizer is not registered.
   */
  loadRun?(folder: string): Promise<{ readonly model: LayersModel; readonly normalization?: InputNormalization }>
  readonly threads?: {
    /** @returns `undefined` for a run on this thread alone. @throws OptionError on a wrong count or module. */
    resolve(workers: number | WorkerOptions | undefined, batchSize: number): ResolvedWorkers | undefined
    /** @throws WorkerError if a thread does not start. */
    start(workers: ResolvedWorkers): Promise<Threads>
  }
  progressBar?(): TrainListener
}

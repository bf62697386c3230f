/** Options of every run, in one stage or several. */
import type { Registry, Task } from '@onebit/core'
import type { EngineName } from './engine.ts'
import type { TrainListener } from './events.ts'
import type { WorkerOptions } from './parallel/worker-options.ts'
import type { CheckpointOptions } from './run/checkpointer.ts'
import type { TrainingData } from './training-data.ts'

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
  /** Written to the run folder beside the results: how the model was composed. What JSON can hold. */
  recipe?: unknown
  /** What was warned of before training began, such as an odd recipe: kept in the run's description with the warnings of the run. */
  warnings?: readonly string[]
}

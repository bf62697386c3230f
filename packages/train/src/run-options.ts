/** Options of every run, in one stage or several. */
import type { Registry, Task } from '@onebit/core'
import type { EngineName } from './engine.ts'
import type { TrainListener } from './events.ts'
import type { WorkerOptions } from './parallel/worker-options.ts'
import type { CheckpointOptions } from './run/checkpointer.ts'
import type { TrainingData } from './training-data.ts'

/** The options of a run, except the settings of its stages. */
export interface RunOptions {
  data: TrainingData
  /** The task of the network. Default, for `train`: the task that the model was composed for. */
  task?: Task
  /** Registry in which optimizers, losses and distillers are looked up before the built-in ones. */
  registry?: Registry
  /** Number of images per step, for images in memory. A source of batches has its own. @default 64 */
  batchSize?: number
  /**
   * Determines the order of the images, mix-up and stochastic quantizers, and the initial weights if they are `seeded`: an
   * integer from 0 to 2^32 - 1. @default 0
   */
  seed?: number
  /**
   * `seeded` initializes all weights from seed and name before the first step. `keep` starts from the model's current weights.
   * Default: `seeded` if a seed is given and for `trainStages`, else `keep`.
   */
  initialize?: 'seeded' | 'keep'
  /** Default: a resumed run uses the engine it began on, other runs `auto`. */
  engine?: EngineName
  /**
   * Trains on several threads of this machine, on the engine `wasm`. Each thread takes a part of every batch. The result depends
   * on the number of threads: the same number gives the same bits. Default: this thread alone.
   */
  workers?: number | WorkerOptions
  /**
   * Folder for the trained model, the log, the run's description and, until the run is complete, checkpoints. It is created if
   * missing.
   */
  out?: string
  /**
   * Continues the run in `out` from its last good checkpoint. Without a checkpoint it starts the run. If the run is complete, it
   * returns the result.
   */
  resume?: boolean
  /** Discards unfinished work in `out`. Without it, a new run refuses a folder with checkpoints. */
  overwrite?: boolean
  /** Takes `out` over from a process that locked it but no longer runs. Such a lock also expires by itself, after a minute. */
  takeOver?: boolean
  checkpoint?: CheckpointOptions
  /** Draws progress bars on standard error. @default true */
  progress?: boolean
  onEvent?: TrainListener
  /** Stops after the current step. The trained weights are saved, with a checkpoint to resume from. */
  signal?: AbortSignal
  /** Describes how the model was composed. It is written to the run folder with the results, as JSON. */
  recipe?: unknown
  /**
   * Warnings from before training began, for example about an unusual recipe. They are stored in the run's description with its
   * other warnings.
   */
  warnings?: readonly string[]
}

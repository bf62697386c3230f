/**
 * Training in a page or in a web worker. This entry imports no module of Node, and has no run folders, threads, reports or
 * progress bars.
 */
import type { Plugin } from '@onebit/core'
import { plugins } from './plugins/index.ts'
import { type Trainer, trainerOn } from './train.ts'

export { DivergenceError, EngineError, RunError } from './errors.ts'
export * from './everywhere.ts'
export type { TrainingData } from './training-data.ts'

const trainer: Trainer = trainerOn({})

/** Trains a model in place; see `Trainer`. `out`, `resume` and `workers` are refused. */
export const train: Trainer['train'] = trainer.train

/** Trains in stages; see `Trainer`. `out`, `resume` and `workers` are refused. */
export const trainStages: Trainer['trainStages'] = trainer.trainStages

export default plugins as readonly Plugin[]

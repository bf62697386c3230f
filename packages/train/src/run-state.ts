/** The position of a run: the part of a checkpoint that is not a tensor. */

import type { RandomState } from '@onebit/data'
import type { Fingerprint } from './checkpoint/fingerprint.ts'
import type { StartedEngine } from './engines/starter.ts'
import type { EpochRecord, LossPoint } from './events.ts'

/** Sums over the current epoch. */
export interface EpochSums {
  loss: number
  /** Sums of the task's monitors, by the metric's name. */
  monitors: Record<string, number>
  /** Number of pictures. */
  seen: number
  steps: number
  seconds: number
}

export const noSums = (): EpochSums => ({ loss: 0, monitors: {}, seen: 0, steps: 0, seconds: 0 })

/** Progress of the run, through all stages. */
export interface RunProgress {
  /** Number of steps done. */
  step: number
  records: EpochRecord[]
  losses: LossPoint[]
  /** Sum of the losses since the last point of the curve. */
  lossSum: number
  /** Time spent training, without the time lost when the process was killed. */
  seconds: number
  /** The warnings of the run, each once. Absent in older checkpoints. */
  warnings?: string[]
}

/** The epoch of a stage with the best headline metric. */
export interface BestEpoch {
  /** Counts from 1, within the stage. */
  readonly epoch: number
  /** Value of the headline metric. */
  readonly value: number
}

export interface RunState {
  readonly fingerprint: Fingerprint
  /** Digest of the model's structure. */
  readonly model: string
  readonly engine: StartedEngine
  /** Counts from 0. */
  readonly stage: number
  /** Finished epochs of the stage. */
  readonly epochs: number
  /** Finished batches of the current epoch. */
  readonly batches: number
  /** The random state of the order, before the current epoch. */
  readonly random: RandomState
  readonly optimizerSteps: number
  readonly sums: EpochSums
  /** Absent before the first epoch is finished. */
  readonly best?: BestEpoch
  readonly progress: RunProgress
}

/** Prefixes of tensor names in a checkpoint. */
export const PARTS = {
  weights: 'weights/',
  optimizer: 'optimizer/',
  average: 'average/',
  signs: 'signs/',
  /** Variables of distillers. */
  distillers: 'distillers/',
  /** Weights of the best epoch, if they are kept. */
  best: 'best/',
  /** Final weights of earlier stages: `stage/0/...`. */
  stage: 'stage/',
} as const

/** Adds a prefix to the names of a part. */
export function prefixed<T>(part: string, values: ReadonlyMap<string, T>): [string, T][] {
  return Array.from(values, ([name, value]) => [part + name, value])
}

/** The tensors of a checkpoint whose names have a prefix, without that prefix. */
export function partOf<T>(tensors: ReadonlyMap<string, T>, part: string): Map<string, T> {
  return new Map(
    Array.from(tensors)
      .filter(([name]) => name.startsWith(part))
      .map(([name, value]) => [name.slice(part.length), value]),
  )
}

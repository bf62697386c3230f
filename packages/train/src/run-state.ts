/** Where a run stands: the part of a checkpoint that is no tensor. */

import type { RandomState } from '@onebit/data'
import type { Fingerprint } from './checkpoint/fingerprint.ts'
import type { StartedEngine } from './engines/starter.ts'
import type { EpochRecord, LossPoint } from './events.ts'

/** Sums over the epoch under way. */
export interface EpochSums {
  loss: number
  /** Of the task's monitors, by the metric's name. */
  monitors: Record<string, number>
  /** Pictures. */
  seen: number
  steps: number
  seconds: number
}

export const noSums = (): EpochSums => ({ loss: 0, monitors: {}, seen: 0, steps: 0, seconds: 0 })

/** How far the run is, through all stages. */
export interface RunProgress {
  /** Steps done. */
  step: number
  records: EpochRecord[]
  losses: LossPoint[]
  /** Sum of the losses since the last point of the curve. */
  lossSum: number
  /** Time spent training, without what was lost to kills. */
  seconds: number
  /** What the run warned of, each once. Absent in checkpoints of before they were kept. */
  warnings?: string[]
}

/** The epoch of a stage with the best headline metric. */
export interface BestEpoch {
  /** From 1, within the stage. */
  readonly epoch: number
  /** Of the headline metric. */
  readonly value: number
}

export interface RunState {
  readonly fingerprint: Fingerprint
  /** Digest of the model's structure. */
  readonly model: string
  readonly engine: StartedEngine
  /** From 0. */
  readonly stage: number
  /** Epochs of the stage that are over. */
  readonly epochs: number
  /** Batches of the epoch under way that are done. */
  readonly batches: number
  /** The order's random state before the epoch under way. */
  readonly random: RandomState
  readonly optimizerSteps: number
  readonly sums: EpochSums
  /** Absent before the first epoch is over. */
  readonly best?: BestEpoch
  readonly progress: RunProgress
}

/** Where in a checkpoint which tensors are. */
export const PARTS = {
  weights: 'weights/',
  optimizer: 'optimizer/',
  average: 'average/',
  signs: 'signs/',
  /** Variables of distillers. */
  distillers: 'distillers/',
  /** Weights of the best epoch, where they are kept. */
  best: 'best/',
  /** Weights that earlier stages ended with: `stage/0/...`. */
  stage: 'stage/',
} as const

/** Adds a prefix to the names of a part. */
export function prefixed<T>(part: string, values: ReadonlyMap<string, T>): [string, T][] {
  return Array.from(values, ([name, value]) => [part + name, value])
}

/** The part of a checkpoint's tensors under a prefix, which is taken off. */
export function partOf<T>(tensors: ReadonlyMap<string, T>, part: string): Map<string, T> {
  return new Map(
    Array.from(tensors)
      .filter(([name]) => name.startsWith(part))
      .map(([name, value]) => [name.slice(part.length), value]),
  )
}

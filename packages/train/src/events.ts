/** The events of training, as data. The progress bar, the log and the report all read them. */
import type { MetricInfo } from '@onebit/core'
import type { LayerMetrics } from './metrics/layer-metrics.ts'

/** Metric values, by name. */
export type MetricValues = Readonly<Record<string, number>>

/** One finished epoch. */
export interface EpochRecord {
  /** Counts from 1, through all stages. */
  readonly epoch: number
  /** Name of the stage. */
  readonly stage: string
  /** Mean of the stage's loss over the epoch's batches. */
  readonly loss: number
  /** Means over the training pictures, with their augmentation, by the monitors of the task. */
  readonly training: MetricValues
  /** Metrics after the epoch, on the validation pictures; without a validation part, on the test pictures. */
  readonly evaluation: MetricValues
  /** The stage's loss, without mix-up, on the pictures of `evaluation`. Early records lack it. */
  readonly evaluationLoss?: number
  /** At the end of the epoch. */
  readonly learningRate: number
  readonly seconds: number
  /** Training pictures per second, without the evaluation. */
  readonly imagesPerSecond: number
  /** Share of binary weights whose sign changed during the epoch, per layer. */
  readonly flipRatio: Readonly<Record<string, number>>
  /** Per quantized layer, measured after the epoch. */
  readonly layers: Readonly<Record<string, LayerMetrics>>
}

/** An epoch that was interrupted, up to its last batch. */
export interface PartialEpoch extends EpochRecord {
  /** Number of batches trained on. */
  readonly steps: number
  /** Number of batches in a whole epoch. */
  readonly stepsPerEpoch: number
}

/** A point of the loss curve. */
export interface LossPoint {
  /** Number of steps since training began, from 1. */
  readonly step: number
  /** Mean loss of the steps since the last point. */
  readonly loss: number
}

/** The part of the data that epochs are measured on. */
export type EvaluatedPart = 'validation' | 'test'

export type TrainEvent =
  | {
      readonly type: 'start'
      readonly engine: string
      /** Number of epochs in all stages, as planned. Early stopping may end a stage sooner. */
      readonly epochs: number
      /** Steps per epoch of the first stage. The batch size is that of the first stage too. */
      readonly stepsPerEpoch: number
      readonly batchSize: number
      readonly stages: readonly {
        readonly name: string
        readonly epochs: number
        readonly stepsPerEpoch: number
        readonly batchSize: number
      }[]
      /** The metrics measured. The first is the headline. */
      readonly metrics: readonly MetricInfo[]
      readonly evaluated: EvaluatedPart
    }
  | {
      /** Training continues from a checkpoint. */
      readonly type: 'resume'
      readonly file: string
      /** Number of steps done. */
      readonly step: number
    }
  | {
      readonly type: 'step'
      /** Counts from 1. */
      readonly stage: number
      /** Counts from 1, within the stage. */
      readonly stageEpoch: number
      /** Counts from 1, through all stages. */
      readonly epoch: number
      /** Counts from 1, within the epoch. */
      readonly step: number
      /** Mean over the epoch so far. */
      readonly loss: number
      /** Means over the epoch so far. */
      readonly training: MetricValues
      readonly imagesPerSecond: number
      /** Estimated time until the last stage ends. */
      readonly secondsLeft: number
    }
  | {
      readonly type: 'epoch'
      readonly record: EpochRecord
      /** Counts from 1, within the stage. */
      readonly stageEpoch: number
    }
  /** A signal interrupted an epoch. */
  | { readonly type: 'partial'; readonly record: PartialEpoch }
  /** A stage ends early, because none of its last epochs was better than `best`. */
  | { readonly type: 'stopped'; readonly stage: string; readonly epoch: number; readonly best: number }
  | { readonly type: 'checkpoint'; readonly file: string; readonly step: number }
  | { readonly type: 'warning'; readonly message: string }
  /** Information that is not a warning. */
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'end'; readonly interrupted: boolean }

export type TrainListener = (event: TrainEvent) => void

/** What happens during training, as data: the progress bar, the log and the report all read these. */
import type { MetricInfo } from '@onebit/core'
import type { LayerMetrics } from './metrics/layer-metrics.ts'

/** Values of metrics, by name. */
export type MetricValues = Readonly<Record<string, number>>

/** One epoch, once it is over. */
export interface EpochRecord {
  /** From 1, through all stages. */
  readonly epoch: number
  /** Name of the stage. */
  readonly stage: string
  /** Mean of the stage's loss over the epoch's batches. */
  readonly loss: number
  /** Means over the training pictures as they were seen: what the task's monitors tell. */
  readonly training: MetricValues
  /** After the epoch, on the validation pictures; on the test pictures where there are none. */
  readonly evaluation: MetricValues
  /** The stage's loss, without mix-up, on the pictures of `evaluation`. Absent in records of before it was measured. */
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

/** An epoch that was cut short, as far as it came. */
export interface PartialEpoch extends EpochRecord {
  /** Batches that were trained on. */
  readonly steps: number
  /** Batches of a whole epoch. */
  readonly stepsPerEpoch: number
}

/** A point of the loss curve. */
export interface LossPoint {
  /** Steps since training began, from 1. */
  readonly step: number
  /** Mean loss of the steps since the last point. */
  readonly loss: number
}

/** What epochs are measured on. */
export type EvaluatedPart = 'validation' | 'test'

export type TrainEvent =
  | {
      readonly type: 'start'
      readonly engine: string
      /** Of all stages, as planned: early stopping may end one before. */
      readonly epochs: number
      /** Of the first stage, as is the batch size. */
      readonly stepsPerEpoch: number
      readonly batchSize: number
      readonly stages: readonly {
        readonly name: string
        readonly epochs: number
        readonly stepsPerEpoch: number
        readonly batchSize: number
      }[]
      /** What is measured; the first is the headline. */
      readonly metrics: readonly MetricInfo[]
      readonly evaluated: EvaluatedPart
    }
  | {
      /** Training continues from a checkpoint. */
      readonly type: 'resume'
      readonly file: string
      /** Steps done. */
      readonly step: number
    }
  | {
      readonly type: 'step'
      /** From 1. */
      readonly stage: number
      /** From 1, within the stage. */
      readonly stageEpoch: number
      /** From 1, through all stages. */
      readonly epoch: number
      /** From 1, within the epoch. */
      readonly step: number
      /** Mean over the epoch so far. */
      readonly loss: number
      /** Means over the epoch so far. */
      readonly training: MetricValues
      readonly imagesPerSecond: number
      /** Until the last stage ends, as far as can be told. */
      readonly secondsLeft: number
    }
  | {
      readonly type: 'epoch'
      readonly record: EpochRecord
      /** From 1, within the stage. */
      readonly stageEpoch: number
    }
  /** A signal ended training amid an epoch. */
  | { readonly type: 'partial'; readonly record: PartialEpoch }
  /** A stage ends before its last epoch, for none of the last ones was better than `best`. */
  | { readonly type: 'stopped'; readonly stage: string; readonly epoch: number; readonly best: number }
  | { readonly type: 'checkpoint'; readonly file: string; readonly step: number }
  | { readonly type: 'warning'; readonly message: string }
  /** What a person may want to know, and nothing to worry about. */
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'end'; readonly interrupted: boolean }

export type TrainListener = (event: TrainEvent) => void

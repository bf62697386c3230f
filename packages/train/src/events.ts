/** What happens during training, as data: the progress bar, the log and the report all read these. */
import type { LayerMetrics } from './metrics/layer-metrics.ts'

/** One epoch, once it is over. */
export interface EpochRecord {
  /** From 1, through all stages. */
  readonly epoch: number
  /** Name of the stage. */
  readonly stage: string
  /** Mean of the stage's loss over the epoch's batches, in nats. */
  readonly loss: number
  /** Share of training images labeled right as they were seen, 0 to 1. */
  readonly accuracy: number
  /** Share of test images labeled right after the epoch, 0 to 1. */
  readonly testAccuracy: number
  /** At the end of the epoch. */
  readonly learningRate: number
  readonly seconds: number
  /** Training images per second, without the evaluation. */
  readonly imagesPerSecond: number
  /** Share of binary weights whose sign changed during the epoch, per layer. */
  readonly flipRatio: Readonly<Record<string, number>>
  /** Per quantized layer, measured after the epoch. */
  readonly layers: Readonly<Record<string, LayerMetrics>>
}

/** A point of the loss curve. */
export interface LossPoint {
  /** Steps since training began, from 1. */
  readonly step: number
  /** Mean loss of the steps since the last point, in nats. */
  readonly loss: number
}

export type TrainEvent =
  | {
      readonly type: 'start'
      readonly engine: string
      /** Of all stages. */
      readonly epochs: number
      readonly stepsPerEpoch: number
      readonly batchSize: number
      readonly stages: readonly { readonly name: string; readonly epochs: number }[]
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
      readonly accuracy: number
      readonly imagesPerSecond: number
      /** Until the last stage ends, as far as can be told. */
      readonly secondsLeft: number
    }
  | { readonly type: 'epoch'; readonly record: EpochRecord }
  | { readonly type: 'checkpoint'; readonly file: string; readonly step: number }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'end'; readonly interrupted: boolean }

export type TrainListener = (event: TrainEvent) => void

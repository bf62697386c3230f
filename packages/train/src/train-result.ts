/** The result of a run. */
import type { MetricInfo, MetricTable } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { EpochRecord, EvaluatedPart, LossPoint, MetricValues, PartialEpoch } from './events.ts'

export interface TrainResult {
  readonly engine: string
  /** The metrics measured. The first is the headline. */
  readonly metrics: readonly MetricInfo[]
  /** The part of the data that epochs are measured on. */
  readonly evaluated: EvaluatedPart
  /** Complete epochs. */
  readonly epochs: readonly EpochRecord[]
  /** The epoch that a signal interrupted. */
  readonly partial?: PartialEpoch
  /** At most a few hundred points of the loss curve. */
  readonly losses: readonly LossPoint[]
  /** True if a signal ended training before its last step. */
  readonly interrupted: boolean
  /** Time spent training, across resumes, without the time lost when the process was killed. */
  readonly seconds: number
  /** Metrics of the model on the test pictures. Absent if a signal ended training. */
  readonly test?: MetricValues
  /** Details from the task, beside the metrics. */
  readonly tables?: readonly MetricTable[]
}

/** The model of the last stage that ran, and its result. */
export interface TrainedStages {
  readonly model: LayersModel
  readonly result: TrainResult
}

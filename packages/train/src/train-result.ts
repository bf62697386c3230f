/** How a run went. */
import type { MetricInfo, MetricTable } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { EpochRecord, EvaluatedPart, LossPoint, MetricValues, PartialEpoch } from './events.ts'

export interface TrainResult {
  readonly engine: string
  /** What is measured; the first is the headline. */
  readonly metrics: readonly MetricInfo[]
  /** What epochs are measured on. */
  readonly evaluated: EvaluatedPart
  /** Whole epochs. */
  readonly epochs: readonly EpochRecord[]
  /** The epoch that a signal cut short. */
  readonly partial?: PartialEpoch
  /** At most a few hundred points of the loss curve. */
  readonly losses: readonly LossPoint[]
  /** Whether a signal ended training before its last step. */
  readonly interrupted: boolean
  /** Time spent training, kills and resumes left out. */
  readonly seconds: number
  /** The model on the test pictures. Absent if a signal ended training. */
  readonly test?: MetricValues
  /** What the task tells beside those numbers. */
  readonly tables?: readonly MetricTable[]
}

/** The model of the last stage that ran, and how it went. */
export interface TrainedStages {
  readonly model: LayersModel
  readonly result: TrainResult
}

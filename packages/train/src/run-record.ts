/** What `run.json` holds, as data: the report, freezing and the command read it. */
import type { AnyFacts, MetricInfo, MetricTable } from '@onebit/core'
import type { Augmentation, ChannelNormalization, Normalization } from '@onebit/data'
import type { Fingerprint } from './checkpoint/fingerprint.ts'
import type { EpochRecord, LossPoint, MetricValues, PartialEpoch } from './events.ts'
import type { StageRecord } from './stage-record.ts'

/** A test picture and what the model says of it. */
export interface SampleRecord {
  /** In few words. */
  readonly annotation: string
  /** In few words. */
  readonly prediction: string
  /** Absent where predictions are not simply right or wrong. */
  readonly right?: boolean
  /** The picture with the prediction drawn on it, PNG in base64. */
  readonly png: string
}

export interface RunRecord {
  readonly onebit: 2
  readonly recipe: unknown
  /** Name of the task. */
  readonly task: string
  /** Name of the data set. */
  readonly data: string
  readonly facts: AnyFacts
  /** How pixels became floats. */
  readonly normalization?: Normalization | ChannelNormalization
  /** How a picture became a test picture, in order; absent where pictures have that size. */
  readonly preparation?: readonly Augmentation[]
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
  readonly options: {
    /** Of all stages. */
    readonly epochs: number
    readonly batchSize?: number
    /** Of the first stage, as are the two below. */
    readonly learningRate?: number
    readonly schedule?: string
    readonly seed?: number
  }
  readonly stages: readonly StageRecord[]
  readonly engine: string
  readonly interrupted: boolean
  readonly seconds: number
  /** What is measured; the first is the headline. */
  readonly metrics: readonly MetricInfo[]
  /** What `evaluation` of the epochs was measured on. */
  readonly evaluated: 'validation' | 'test'
  /** Whole epochs. */
  readonly epochs: readonly EpochRecord[]
  /** The epoch that an interruption cut short. */
  readonly partial?: PartialEpoch
  readonly losses: readonly LossPoint[]
  /** The saved model on the test pictures. Absent if the run was interrupted. */
  readonly test?: MetricValues
  /** Beside those numbers: per class, per joint. */
  readonly tables?: readonly MetricTable[]
  readonly samples: readonly SampleRecord[]
  /** What the run warned of, each once. */
  readonly warnings?: readonly string[]
  /** What the weights depend on; a resumed run has to have the same. */
  readonly fingerprint?: Fingerprint
  /** SHA-256 of `model.json` and `weights.bin`; absent in runs of before there were any. */
  readonly checksums?: Readonly<Record<string, string>>
}

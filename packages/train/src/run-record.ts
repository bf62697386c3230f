/** The content of `run.json`, as data. The report, freezing and the command read it. */
import type { AnyFacts, MetricInfo, MetricTable } from '@onebit/core'
import type { Augmentation, ChannelNormalization, Normalization } from '@onebit/data'
import type { Fingerprint } from './checkpoint/fingerprint.ts'
import type { EpochRecord, LossPoint, MetricValues, PartialEpoch } from './events.ts'
import type { StageRecord } from './stage-record.ts'

/** A test picture with the model's prediction. */
export interface SampleRecord {
  /** A short text. */
  readonly annotation: string
  /** A short text. */
  readonly prediction: string
  /** Absent if predictions are not simply right or wrong. */
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
  /** The conversion from pixels to floats. */
  readonly normalization?: Normalization | ChannelNormalization
  /** The steps that turn a picture into a test picture, in order. Absent if the pictures already have that size. */
  readonly preparation?: readonly Augmentation[]
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
  readonly options: {
    /** Number of epochs of all stages. */
    readonly epochs: number
    readonly batchSize?: number
    /** Learning rate of the first stage. The next two fields describe the first stage too. */
    readonly learningRate?: number
    readonly schedule?: string
    readonly seed?: number
  }
  readonly stages: readonly StageRecord[]
  readonly engine: string
  readonly interrupted: boolean
  readonly seconds: number
  /** The metrics measured. The first is the headline. */
  readonly metrics: readonly MetricInfo[]
  /** The part of the data on which `evaluation` of the epochs was measured. */
  readonly evaluated: 'validation' | 'test'
  /** Complete epochs. */
  readonly epochs: readonly EpochRecord[]
  /** The epoch that was interrupted. */
  readonly partial?: PartialEpoch
  readonly losses: readonly LossPoint[]
  /** The saved model's metrics on the test pictures. Absent if the run was interrupted. */
  readonly test?: MetricValues
  /** Details beside the metrics: per class, per joint. */
  readonly tables?: readonly MetricTable[]
  readonly samples: readonly SampleRecord[]
  /** The warnings of the run, each once. */
  readonly warnings?: readonly string[]
  /** Everything that the weights depend on. A resumed run must have the same fingerprint. */
  readonly fingerprint?: Fingerprint
  /** SHA-256 of `model.json` and `weights.bin`. Absent in runs that are older than checksums. */
  readonly checksums?: Readonly<Record<string, string>>
}

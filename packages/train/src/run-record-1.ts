/** Converts records of version 1, which supported only classification, to records of this version. */
import type { JsonValue } from '@onebit/core'
import type { EpochRecord } from './events.ts'
import type { RunRecord } from './run-record.ts'
import type { StageRecord } from './stage-record.ts'

/** The fields of epochs that changed: metrics had no names. */
interface FirstEpoch extends Omit<EpochRecord, 'training' | 'evaluation' | 'layers'> {
  readonly accuracy: number
  readonly testAccuracy: number
  readonly layers?: EpochRecord['layers']
}

interface FirstSample {
  readonly label: string
  readonly predicted: string
  readonly score: number
  readonly png: string
}

export interface FirstRunRecord
  extends Pick<
    RunRecord,
    | 'recipe'
    | 'data'
    | 'normalization'
    | 'preparation'
    | 'background'
    | 'options'
    | 'engine'
    | 'interrupted'
    | 'seconds'
    | 'losses'
    | 'fingerprint'
    | 'checksums'
  > {
  readonly onebit: 1
  readonly classes: readonly string[]
  /** Absent in runs that are older than stages. */
  readonly stages?: readonly Readonly<Record<string, JsonValue>>[]
  readonly epochs: readonly FirstEpoch[]
  readonly samples?: readonly FirstSample[]
}

const METRIC = {
  name: 'accuracy',
  unit: 'share',
  better: 'higher',
  description: 'Share of pictures whose most probable class is their label.',
} as const

function fromFirstSample({ label, predicted, score, png }: FirstSample): RunRecord['samples'][number] {
  return { annotation: label, prediction: `${predicted} ${(100 * score).toFixed(0)} %`, right: label === predicted, png }
}

export function fromFirstRecord(record: FirstRunRecord): RunRecord {
  // Its fingerprint was computed differently, so it cannot be compared with a current one.
  const { classes, epochs, samples = [], stages, options, interrupted, fingerprint: _, ...rest } = record
  const last = epochs.at(-1)
  return {
    ...rest,
    onebit: 2,
    task: 'classify',
    facts: { classes },
    options,
    interrupted,
    stages: (stages ?? [{ name: 'training', epochs: options.epochs }]) as readonly StageRecord[],
    metrics: [METRIC],
    evaluated: 'test',
    epochs: epochs.map(({ accuracy, testAccuracy, layers, ...epoch }) => ({
      ...epoch,
      training: { accuracy },
      evaluation: { accuracy: testAccuracy },
      layers: layers ?? {},
    })),
    test: last && !interrupted ? { accuracy: last.testAccuracy } : undefined,
    samples: samples.map(fromFirstSample),
  }
}

/** The epochs that the report shows: complete ones, and the one that was interrupted. */
import type { EpochRecord, PartialEpoch } from '../events.ts'
import type { RunRecord } from '../run-record.ts'
import { showLoss, showMetric, showSeconds } from './numbers.ts'
import type { ReportSection } from './tables.ts'

/** In order. The last one may be interrupted. */
export const epochsOf = ({ epochs, partial }: RunRecord): readonly (EpochRecord | PartialEpoch)[] =>
  partial ? [...epochs, partial] : epochs

/** `3`, or `3*` for an interrupted epoch. */
export const epochName = (record: EpochRecord | PartialEpoch): string => `${record.epoch}${'steps' in record ? '*' : ''}`

/** `* Epoch 3 was interrupted after 40 of 157 steps.`, or empty if all epochs are complete. */
export function partialNote({ partial }: RunRecord): string {
  if (!partial) return ''
  const { epoch, steps, stepsPerEpoch } = partial
  return `* Epoch ${epoch} was interrupted after ${steps} of ${stepsPerEpoch} steps.`
}

export function epochTable(run: RunRecord): ReportSection {
  const { metrics, evaluated, stages } = run
  const epochs = epochsOf(run)
  const monitored = metrics.filter(({ name }) => epochs.some(({ training }) => name in training))
  const several = stages.length > 1
  const lossMeasured = epochs.some(({ evaluationLoss }) => evaluationLoss !== undefined)
  return {
    title: 'Epochs',
    columns: [
      'epoch',
      ...(several ? ['stage'] : []),
      'training loss',
      ...(lossMeasured ? [`${evaluated} loss`] : []),
      ...monitored.map(({ name }) => `training ${name}`),
      ...metrics.map(({ name }) => `${evaluated} ${name}`),
      'time',
    ],
    rows: epochs.map((record) => [
      epochName(record),
      ...(several ? [record.stage] : []),
      showLoss(record.loss),
      ...(lossMeasured ? [showLoss(record.evaluationLoss)] : []),
      ...monitored.map((metric) => showMetric(metric, record.training[metric.name])),
      ...metrics.map((metric) => showMetric(metric, record.evaluation[metric.name])),
      showSeconds(record.seconds),
    ]),
  }
}

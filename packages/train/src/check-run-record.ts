/** The rules of a `run.json`, whoever wrote it. A report's page and a frozen file are made from it. */
import { describeValue, rules, type ValueRule } from '@onebit/core'
import { RunError } from './errors.ts'
import type { RunRecord } from './run-record.ts'
import type { FirstRunRecord } from './run-record-1.ts'

const { boolean, either, integer, list, number, object, oneOf, record, text } = rules

const count = integer({ minimum: 0 })
const share = number({ minimum: 0, maximum: 1 })
/** JSON has no NaN and no infinities. A loss that is not finite was written as null. */
const measured = either(number(), oneOf([null]))
const digest: ValueRule = (value) =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
    ? undefined
    : { at: '', expected: '64 hexadecimal digits', received: typeof value }
/** A picture that goes into a page, so only base64 is allowed. */
const base64: ValueRule = (value) =>
  typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
    ? undefined
    : { at: '', expected: 'base64', received: typeof value }

const histogram = object({ from: number(), to: number(), counts: list(number({ minimum: 0 })) })
const layer = object(
  {},
  {
    saturatedActivations: measured,
    saturatedWeights: measured,
    signEntropy: measured,
    deadChannels: measured,
    weightSignEntropy: measured,
    latentWeights: histogram,
  },
)
const epoch = {
  epoch: integer({ minimum: 1 }),
  loss: measured,
  learningRate: measured,
  seconds: number({ minimum: 0 }),
  imagesPerSecond: measured,
  flipRatio: record(measured),
}
const epochParts = { stage: text, layers: record(layer) }
const stage = object(
  {},
  {
    name: text,
    binary: text,
    epochs: count,
    optimizer: either(text, object({ name: text })),
    learningRate: number(),
    weightDecay: number(),
  },
)
const channels = either(number(), list(number(), { minimum: 1 }))
const deviations = either(number({ minimum: Number.MIN_VALUE }), list(number({ minimum: Number.MIN_VALUE }), { minimum: 1 }))

const options = object(
  { epochs: count },
  { batchSize: integer({ minimum: 1 }), learningRate: number(), schedule: text, seed: count },
)
/** The fields that records of both versions have. */
const required = {
  data: text,
  options,
  engine: text,
  interrupted: boolean,
  seconds: number({ minimum: 0 }),
  losses: list(object({ step: integer({ minimum: 1 }), loss: measured })),
}
const optional = {
  normalization: object({ mean: channels, standardDeviation: deviations }),
  preparation: list(object({ type: text })),
  background: oneOf(['dark', 'light']),
  fingerprint: record(rules.anything),
  checksums: record(digest),
  warnings: list(text),
  recipe: rules.json,
}

const firstRecord = object(
  { ...required, classes: list(text), epochs: list(object({ ...epoch, accuracy: share, testAccuracy: share }, epochParts)) },
  {
    ...optional,
    stages: list(stage),
    samples: list(object({ label: text, predicted: text, score: measured, png: base64 })),
  },
)

const values = record(measured)
const measuredEpoch = { ...epoch, training: values, evaluation: values }
const secondRecord = object(
  {
    ...required,
    task: text,
    facts: record(rules.anything),
    stages: list(stage),
    metrics: list(
      object({ name: text, unit: oneOf(['share', 'plain']), better: oneOf(['higher', 'lower']), description: text }),
      { minimum: 1 },
    ),
    evaluated: oneOf(['validation', 'test']),
    epochs: list(object(measuredEpoch, epochParts)),
    samples: list(object({ annotation: text, prediction: text, png: base64 }, { right: boolean })),
  },
  {
    ...optional,
    partial: object({ ...measuredEpoch, steps: count, stepsPerEpoch: count }, epochParts),
    test: values,
    tables: list(object({ title: text, columns: list(text), rows: list(list(text)) })),
  },
)

const RECORDS: ReadonlyMap<unknown, ValueRule> = new Map([
  [1, firstRecord],
  [2, secondRecord],
])

/**
 * @param title The file's name in messages.
 * @throws RunError if the record has another version, or if a part is missing or wrong; the error names the part.
 */
export function checkRunRecord(value: unknown, title: string): RunRecord | FirstRunRecord {
  const { onebit } = (typeof value === 'object' && value !== null ? value : {}) as { onebit?: unknown }
  const rule = RECORDS.get(onebit)
  if (!rule) {
    const received = describeValue(onebit)
    throw new RunError({ what: `'${title}' is not a run of this version.`, expected: 'onebit: 2, or 1', received })
  }
  const fault = rule(value)
  if (!fault) return value as RunRecord | FirstRunRecord
  const { at, expected, received } = fault
  throw new RunError({
    what: `The run '${title}' is damaged at '${at}'.`,
    expected,
    received,
    fix: 'Restore it from a copy, or train again.',
  })
}

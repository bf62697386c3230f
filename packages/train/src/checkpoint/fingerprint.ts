/**
 * Everything that a run's weights depend on, as data. A resumed run must have the same fingerprint; otherwise an error says what
 * changed.
 */
import type { AnyFacts, Teacher } from '@onebit/core'
import type { BatchSource } from '@onebit/data'
import type { Plan, ResolvedStage } from '../plan.ts'
import { stageRecord } from '../stage-record.ts'
import type { DataSources } from '../training-data.ts'
import { CheckpointError } from './checkpoint-error.ts'

export type Fingerprint = Readonly<Record<string, unknown>>

/** A source without a fingerprint of its content is identified by its form. */
function dataFingerprint({ count, batchSize, shape, normalization, fingerprint }: BatchSource): unknown {
  return fingerprint?.() ?? { batches: count, batchSize, shape, normalization }
}

export interface FingerprintParts {
  /** The data set's name. */
  readonly name: string
  readonly sources: DataSources
  readonly facts: AnyFacts
  readonly plan: Plan
  readonly recipe: unknown
  /** Teachers from outside the run, by the name of the stage. */
  readonly teachers: ReadonlyMap<string, Teacher>
  /** The settings of the threads that change the weights. */
  readonly workers?: unknown
}

/**
 * A stage as JSON. A teacher that no stage trains is described by its computation. @param source The stage's own source of
 * pictures.
 */
async function stageFingerprint(
  stage: ResolvedStage,
  source: BatchSource | undefined,
  teacher: Teacher | undefined,
): Promise<unknown> {
  const record = { ...stageRecord(stage), ...(source && { data: dataFingerprint(source) }) }
  return teacher ? { ...record, teacher: await teacher.fingerprint() } : record
}

/** Reads the weights of teachers, so the engine must have started. */
export async function fingerprintOf(parts: FingerprintParts): Promise<Fingerprint> {
  const { name, sources, facts, plan, recipe, teachers, workers } = parts
  const { task, batchSize, seed } = plan
  const { train, stages: ofStages, validation, test } = sources
  const data = {
    name,
    facts,
    train: dataFingerprint(train),
    validation: validation && dataFingerprint(validation),
    test: dataFingerprint(test),
  }
  const stages = await Promise.all(
    plan.stages.map((stage, index) => {
      const source = ofStages[index] === train ? undefined : ofStages[index]
      return stageFingerprint(stage, source, teachers.get(stage.name))
    }),
  )
  // Keep only what survives JSON, because a checkpoint gives back no more.
  return JSON.parse(JSON.stringify({ task: task.name, data, batchSize, seed, stages, recipe: recipe ?? null, workers }))
}

interface Difference {
  readonly path: string
  readonly before: unknown
  readonly now: unknown
}

function firstDifference(before: unknown, now: unknown, path: string): Difference | undefined {
  if (JSON.stringify(before) === JSON.stringify(now)) return undefined
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
  if (!isObject(before) || !isObject(now)) return { path, before, now }
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const found = firstDifference(before[key], now[key], path ? `${path}.${key}` : key)
    if (found) return found
  }
  return undefined
}

/** @throws CheckpointError naming the first part that changed. */
export function checkFingerprint(before: Fingerprint, now: Fingerprint, file: string): void {
  const difference = firstDifference(before, now, '')
  if (!difference) return
  // Records state their task since version 2. Before that, the digest of data was different.
  if (!('task' in before)) {
    throw new CheckpointError({
      what: `The run cannot be resumed from '${file}': an earlier version of Onebit began it.`,
      expected: 'a run of this version',
      fix: 'Finish it with that version, or start a new run in another folder. Nothing was overwritten.',
    })
  }
  const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))
  throw new CheckpointError({
    what: `The run cannot be resumed from '${file}': its '${difference.path}' changed.`,
    expected: show(difference.before),
    received: show(difference.now),
    fix: 'Resume with the options and data that the run began with, or start a new run in another folder. Nothing was overwritten.',
  })
}

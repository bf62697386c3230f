/**
 * Everything that a run's weights depend on, as data. A resumed run must have the same fingerprint; otherwise an error says what
 * changed.
 */
import { type AnyFacts, sha256 } from '@onebit/core'
import type { BatchSource } from '@onebit/data'
import { QuantizedLayer } from '@onebit/layers'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { namedLayers, namedWeights } from '../model/named-weights.ts'
import { readWeights } from '../model/weight-values.ts'
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
  /** The settings of the threads that change the weights. */
  readonly workers?: unknown
}

/** A stage as JSON. A teacher that the caller passed as a model is described by its structure and its weights. */
async function stageFingerprint(stage: ResolvedStage): Promise<unknown> {
  const { teacher } = stage
  if (teacher === undefined || teacher === 'previous') return stageRecord(stage)
  const values = Array.from(
    await readWeights(teacher),
    ([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  )
  return { ...stageRecord(stage), teacher: { model: modelDigest(teacher), weights: sha256(...values) } }
}

/** Reads the weights of teachers, so the engine must have started. */
export async function fingerprintOf(parts: FingerprintParts): Promise<Fingerprint> {
  const { name, sources, facts, plan, recipe, workers } = parts
  const { task, batchSize, seed } = plan
  const { train, validation, test } = sources
  const data = {
    name,
    facts,
    train: dataFingerprint(train),
    validation: validation && dataFingerprint(validation),
    test: dataFingerprint(test),
  }
  const stages = await Promise.all(plan.stages.map(stageFingerprint))
  // Keep only what survives JSON, because a checkpoint gives back no more.
  return JSON.parse(JSON.stringify({ task: task.name, data, batchSize, seed, stages, recipe: recipe ?? null, workers }))
}

/** Digest of everything that gives a model's weights their meaning: their names and shapes, and the quantizers. */
export function modelDigest(model: LayersModel): string {
  const weights = Array.from(namedWeights(model), ([name, variable]) => [name, variable.shape])
  const quantizers = namedLayers(model).flatMap(({ path, layer }) => {
    if (!(layer instanceof QuantizedLayer)) return []
    const { inputQuantizer, kernelQuantizer, latentClip } = layer.getConfig()
    return [[path, inputQuantizer, kernelQuantizer, latentClip]]
  })
  return sha256(new TextEncoder().encode(JSON.stringify([weights, quantizers])))
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
  const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))
  throw new CheckpointError({
    what: `The run cannot be resumed from '${file}': its '${difference.path}' changed.`,
    expected: show(difference.before),
    received: show(difference.now),
    fix: 'Resume with what the run was started with, or start a new run in another folder. Nothing was overwritten.',
  })
}

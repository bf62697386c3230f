/** What a run's weights depend on, as data: a resumed run has to have the same, or its error says what changed. */
import { createHash } from 'node:crypto'
import type { BatchSource } from '@onebit/data'
import { QuantizedLayer } from '@onebit/layers'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { namedLayers, namedWeights } from '../model/named-weights.ts'
import type { ResolvedWorkers } from '../parallel/worker-options.ts'
import type { Plan } from '../plan.ts'
import type { DataSources } from '../training-data.ts'
import { CheckpointError } from './checkpoint-error.ts'

export type Fingerprint = Readonly<Record<string, unknown>>

/** What JSON keeps of a value; functions and models in options become their names. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (_, entry) => {
      if (typeof entry === 'function') return `function ${entry.name}`
      if (typeof entry === 'object' && entry !== null && 'plugin' in entry) return { ...entry, plugin: entry.plugin.name }
      return typeof entry === 'object' && entry !== null && 'getWeights' in entry ? `model ${entry.name}` : entry
    }),
  )
}

/** A source that tells nothing of its content is known by its form. */
function dataFingerprint({ count, batchSize, shape, normalization, fingerprint }: BatchSource): unknown {
  return fingerprint?.() ?? { batches: count, batchSize, shape, normalization }
}

export function fingerprintOf(
  name: string,
  { train, test }: DataSources,
  plan: Plan,
  recipe: unknown,
  workers?: ResolvedWorkers,
): Fingerprint {
  const { stages, batchSize, seed } = plan
  const data = { name, train: dataFingerprint(train), test: dataFingerprint(test) }
  // Sums of another number of threads have other bits; where their plugins are does not matter.
  const threads = workers && { count: workers.count, synchronizeBatchNorm: workers.synchronizeBatchNorm }
  return plain({ data, batchSize, seed, stages, recipe, workers: threads }) as Fingerprint
}

/** Digest of what a model's weights mean: their names and shapes, and the quantizers. */
export function modelDigest(model: LayersModel): string {
  const weights = Array.from(namedWeights(model), ([name, variable]) => [name, variable.shape])
  const quantizers = namedLayers(model).flatMap(({ path, layer }) => {
    if (!(layer instanceof QuantizedLayer)) return []
    const { inputQuantizer, kernelQuantizer, latentClip } = layer.getConfig()
    return [[path, inputQuantizer, kernelQuantizer, latentClip]]
  })
  return createHash('sha256')
    .update(JSON.stringify([weights, quantizers]))
    .digest('hex')
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

/** @throws CheckpointError naming the first part that is not what it was. */
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

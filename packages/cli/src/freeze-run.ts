/** A run folder as a frozen graph that carries its task, labels and normalization. */
import type { Registry } from '@onebit/core'
import type { Normalization } from '@onebit/data'
import type { FrozenModel } from '@onebit/layers'
import type { RunRecord } from '@onebit/train'
import { datasetTitled } from './datasets.ts'
import { type ModelMetadata, writeMetadata } from './metadata.ts'
import { tensorflow } from './tensorflow.ts'

export interface FrozenRun extends FrozenModel {
  readonly run: RunRecord
}

/** The part of a recipe that decides the normalization; a run of a program has a recipe of its own, or none. */
type RecordedRecipe = { readonly dataset?: { readonly normalization?: Normalization } } | null

async function metadataOf(run: RunRecord): Promise<ModelMetadata> {
  const entry = datasetTitled(run.data)
  const recorded = (run.recipe as RecordedRecipe)?.dataset?.normalization
  return {
    task: 'classify',
    labels: run.classes,
    normalization: recorded ?? (await entry?.load({ split: 'embedded' }))?.normalization,
    dataset: run.data,
    background: entry?.background,
    recipe: run.recipe,
  }
}

/**
 * @throws RunError if the folder holds no run; FreezeError if a layer cannot be frozen.
 */
export async function freezeRunFolder(folder: string, registry: Registry): Promise<FrozenRun> {
  await tensorflow()
  const [{ loadSavedModel, readRun }, { freeze, registerLayers }] = await Promise.all([
    import('@onebit/train'),
    import('@onebit/layers'),
  ])
  const run = await readRun(folder)
  registerLayers(registry)
  const model = await loadSavedModel(folder)
  const frozen = freeze(model, { metadata: writeMetadata(await metadataOf(run)) })
  model.dispose()
  return { ...frozen, run }
}

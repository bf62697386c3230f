/** A run folder as a frozen graph that carries its task, labels and normalization. */
import type { Registry } from '@onebit/core'
import type { FrozenModel } from '@onebit/layers'
import type { RunRecord } from '@onebit/train'
import { DATASET_NAMES, type DatasetChoice, datasetNamed } from './datasets/registry.ts'
import { type ModelMetadata, writeMetadata } from './metadata.ts'
import { tensorflow } from './tensorflow.ts'

export interface FrozenRun extends FrozenModel {
  readonly run: RunRecord
}

/** The data set that a run's recipe chose; a run of a program has a recipe of its own, or none. */
function choiceOf({ recipe }: RunRecord): DatasetChoice | undefined {
  const choice = (recipe as { readonly dataset?: Partial<DatasetChoice> } | null)?.dataset
  return typeof choice?.name === 'string' && DATASET_NAMES.includes(choice.name) ? (choice as DatasetChoice) : undefined
}

function metadataOf(run: RunRecord): ModelMetadata {
  const choice = choiceOf(run)
  const entry = choice && datasetNamed(choice.name)
  return {
    task: 'classify',
    labels: run.classes,
    normalization: run.normalization,
    preparation: choice && entry?.preparation?.(choice),
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
  const frozen = freeze(model, { metadata: writeMetadata(metadataOf(run)) })
  model.dispose()
  return { ...frozen, run }
}

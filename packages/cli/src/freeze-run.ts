/** A run folder as a frozen graph that carries its task, labels and normalization. */
import { classifierMetadata } from '@onebit/classify/deployment'
import type { Registry } from '@onebit/core'
import type { FrozenModel } from '@onebit/layers'
import type { RunRecord } from '@onebit/train'
import { tensorflow } from './tensorflow.ts'

export interface FrozenRun extends FrozenModel {
  readonly run: RunRecord
}

/** What the file says: as for any classifier, and the recipe. */
function metadataOf({ data, classes, normalization, preparation, background, recipe }: RunRecord): Record<string, string> {
  return {
    ...classifierMetadata({ name: data, classes, test: { normalization, augment: preparation }, background }),
    ...(recipe !== undefined && recipe !== null && { recipe: JSON.stringify(recipe) }),
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
  const frozen = freeze(model, { metadata: metadataOf(run) })
  model.dispose()
  return { ...frozen, run }
}

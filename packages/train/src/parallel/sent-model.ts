/** Models and losses on their way to another thread. */
import { type Configured, type Distiller, OptionError, type PluginList, type Registry } from '@onebit/core'
import { io } from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'
import type { LossTerm } from '../losses.ts'
import { readWeights, writeWeights } from '../model/weight-values.ts'
import type { SentLoss, SentModel } from './messages.ts'

/** The model's layers, without weights. */
export function sendModel(model: LayersModel): SentModel {
  return { topology: JSON.parse(JSON.stringify(model.toJSON(undefined, false))) }
}

/** The model with its weights as they are. */
export async function sendTrainedModel(model: LayersModel): Promise<SentModel> {
  return { ...sendModel(model), weights: await readWeights(model) }
}

/**
 * Call `registerLayers` first. Weights that were not sent are those of the layers' initializers.
 * @throws PluginNotFoundError if a quantizer is not registered here.
 */
export async function receiveModel({ topology, weights }: SentModel): Promise<LayersModel> {
  const model = await loadLayersModel(io.fromMemory({ modelTopology: topology as object }))
  if (weights) writeWeights(model, weights)
  return model
}

export function sendLosses(losses: readonly LossTerm[]): SentLoss[] {
  return losses.map((term) => {
    if (typeof term === 'string' || !('distiller' in term)) return term
    const { plugin, options } = term.distiller
    return { ...term, distiller: { ...(options as object), name: plugin.name } }
  })
}

/** @throws PluginNotFoundError if a distiller is not registered here. */
export function receiveLosses(losses: readonly SentLoss[], registry: Registry): LossTerm[] {
  return losses.map((term) => {
    if (typeof term === 'string' || !('distiller' in term)) return term
    return { ...term, distiller: registry.resolve('distiller', term.distiller) as Configured<Distiller> }
  })
}

/**
 * The plugins of modules, by their default exports.
 * @throws OptionError if a module cannot be imported or brings none.
 */
export async function importPlugins(urls: readonly string[]): Promise<PluginList> {
  return Promise.all(
    urls.map(async (url) => {
      const module = await import(/* @vite-ignore */ url).catch((error: Error) => {
        throw new OptionError(
          { what: `The module '${url}' of plugins cannot be imported.`, received: error.message },
          { cause: error },
        )
      })
      const brought = typeof module.default === 'function' ? await module.default() : module.default
      if (typeof brought === 'object' && brought !== null) return brought as PluginList
      throw new OptionError({
        what: `The module '${url}' brings no plugins.`,
        expected: 'a list of plugins, or a function that returns one, as its default export',
        received: typeof brought,
      })
    }),
  )
}

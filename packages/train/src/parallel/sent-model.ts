/** Converts models to messages for another thread, and back. */
import { io } from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'
import { readWeights, writeWeights } from '../model/weight-values.ts'
import type { SentModel } from './messages.ts'

/** The model's layers, without weights. */
export function sendModel(model: LayersModel): SentModel {
  return { topology: JSON.parse(JSON.stringify(model.toJSON(undefined, false))) }
}

/** The model with its current weights. */
export async function sendTrainedModel(model: LayersModel): Promise<SentModel> {
  return { ...sendModel(model), weights: await readWeights(model) }
}

/**
 * Call `registerLayers` first. Weights that were not sent get the values of the layers' initializers.
 * @throws PluginNotFoundError if a quantizer is not registered on this thread.
 */
export async function receiveModel({ topology, weights }: SentModel): Promise<LayersModel> {
  const model = await loadLayersModel(io.fromMemory({ modelTopology: topology as object }))
  if (weights) writeWeights(model, weights)
  return model
}

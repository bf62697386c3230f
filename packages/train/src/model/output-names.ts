import type { LayersModel } from '@tensorflow/tfjs-layers'

/**
 * The names of a model's outputs: the names of the layers that compute them. A `tf.sequential` has no `outputNames` before it is
 * built.
 */
export function outputNamesOf({ outputs }: LayersModel): string[] {
  return outputs.map(({ sourceLayer }) => sourceLayer.name)
}

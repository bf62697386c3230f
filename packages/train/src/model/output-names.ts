import type { LayersModel } from '@tensorflow/tfjs-layers'

/** Names of a model's outputs: those of the layers that give them. A `tf.sequential` knows no `outputNames` before it is built. */
export function outputNamesOf({ outputs }: LayersModel): string[] {
  return outputs.map(({ sourceLayer }) => sourceLayer.name)
}

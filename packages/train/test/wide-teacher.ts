/** A teacher that is wider than its student. */
import * as tfl from '@tensorflow/tfjs-layers'

/** Seven features with BatchNorm and dropout. Both act differently in training. */
export function wideTeacher(): tfl.LayersModel {
  const input = tfl.input({ shape: [8, 8, 1] })
  const flat = tfl.layers.flatten().apply(input)
  const initial = (seed: number) => tfl.initializers.randomNormal({ stddev: 0.1, seed })
  const wide = tfl.layers.dense({ name: 'wide', units: 7, kernelInitializer: initial(3) }).apply(flat)
  const normed = tfl.layers.batchNormalization({ name: 'wide.norm', movingMeanInitializer: 'ones' }).apply(wide)
  const dropped = tfl.layers.dropout({ rate: 0.5, name: 'wide.drop' }).apply(normed)
  const value = tfl.layers.dense({ name: 'value', units: 1, kernelInitializer: initial(4) }).apply(dropped)
  return tfl.model({ inputs: input, outputs: value as tfl.SymbolicTensor })
}

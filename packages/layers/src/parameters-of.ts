/**
 * The numbers that a network stores while it trains, by kind. They are counted from the layers, because freezing merges BatchNorm
 * into other numbers.
 */
import type { ModelParameters } from '@onebit/core'
import * as tfl from '@tensorflow/tfjs-layers'
import { checkModel } from './one-copy.ts'
import { QuantizedLayer } from './quantized-layer.ts'

/**
 * Counts weights by kind. A layer that is called several times counts once. Nested models are included. Only the shapes of
 * weights matter, so the model need not be trained.
 * @throws OptionError on a value that is not a model; DuplicatePackageError on a model of another copy of TensorFlow.js.
 */
export function parametersOf(model: tfl.LayersModel): ModelParameters {
  checkModel('parametersOf()', model)
  const counted = new Set<tfl.layers.Layer>()
  const widths = new Set<number>()
  const total = { binary: 0, binaryChannels: 0, normalizationChannels: 0, normalization: 0, real: 0 }
  const visit = (layer: tfl.layers.Layer): void => {
    if (counted.has(layer)) return
    counted.add(layer)
    if (layer instanceof tfl.LayersModel) {
      for (const inner of layer.layers) visit(inner)
      return
    }
    if (layer instanceof QuantizedLayer) widths.add(layer.weights[0].shape.at(-1)!)
    const all = layer.weights.reduce((sum, { shape }) => sum + shape.reduce<number>((size, axis) => size * axis!, 1), 0)
    if (layer.getClassName() === 'BatchNormalization') {
      total.normalization += all
      total.normalizationChannels += layer.weights[0].shape[0]!
    } else if (layer instanceof QuantizedLayer && layer.latentWeights) {
      const { size } = layer.latentWeights
      total.binary += size
      total.binaryChannels += layer.outputChannels
      total.real += all - size
    } else total.real += all
  }
  for (const layer of model.layers) visit(layer)
  return { ...total, distinctWidths: [...widths].reduce((sum, width) => sum + width, 0) }
}

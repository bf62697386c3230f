/**
 * Names of weights that stay the same from one composition of a model to the next. TensorFlow.js numbers variables and unnamed
 * layers through the whole process, so its own names differ the second time a model is built.
 */
import { QuantizedLayer } from '@onebit/layers'
import * as tfl from '@tensorflow/tfjs-layers'

/** A layer with its path: `stage1.block1.conv1`, or `Dense#1` for the second dense layer without a name; `/` inside nested models. */
export interface NamedLayer {
  readonly path: string
  readonly layer: tfl.layers.Layer
}

/** Every layer. The layers of a nested model take the place of that model. */
export function namedLayers(model: tfl.LayersModel, prefix = ''): NamedLayer[] {
  const unnamed = new Map<string, number>()
  return model.layers.flatMap((layer) => {
    const type = layer.getClassName()
    let name = layer.name
    if (new RegExp(`_${type}\\d+$`).test(name)) {
      const number = unnamed.get(type) ?? 0
      unnamed.set(type, number + 1)
      name = `${type}#${number}`
    }
    const path = prefix + name
    return layer instanceof tfl.LayersModel ? namedLayers(layer, `${path}/`) : [{ path, layer }]
  })
}

export interface NamedQuantizedLayer extends NamedLayer {
  readonly layer: QuantizedLayer
}

export function namedQuantizedLayers(model: tfl.LayersModel): NamedQuantizedLayer[] {
  return namedLayers(model).filter((named): named is NamedQuantizedLayer => named.layer instanceof QuantizedLayer)
}

/** Every weight by `layer path/weight`, in the model's order, including the statistics of BatchNorm. */
export function namedWeights(model: tfl.LayersModel): Map<string, tfl.LayerVariable> {
  const weights = new Map<string, tfl.LayerVariable>()
  for (const { path, layer } of namedLayers(model)) {
    for (const weight of layer.weights) {
      const own = `${path}/${weight.originalName.split('/').at(-1)}`
      let name = own
      for (let number = 1; weights.has(name); number++) name = `${own}#${number}`
      weights.set(name, weight)
    }
  }
  return weights
}

/** Real activations in place of a quantizer, as in float twins. They become a separate node in front of the layer. */
import type { ActivationFunction, GraphBuilder } from '@onebit/core'
import type { layers } from '@tensorflow/tfjs-layers'
import { QuantizedLayer } from '../quantized-layer.ts'

function realActivation(layer: layers.Layer): ActivationFunction | undefined {
  return layer instanceof QuantizedLayer ? layer.quantizer('activation')?.plugin.real : undefined
}

/** The inputs of a layer, after the activation. */
export function emitRealActivation(
  builder: GraphBuilder,
  layer: layers.Layer,
  name: string,
  inputs: readonly string[],
): readonly string[] {
  const real = realActivation(layer)
  if (!real) return inputs
  return inputs.map((input) =>
    builder.node('activation', { name: `${name}.${real}`, inputs: [input], attributes: { function: real } }),
  )
}

/** Real activations in the place of a quantizer, as in float twins: a node of their own in front of the layer. */
import type { ActivationFunction, Configured, GraphBuilder, Quantizer, QuantizerTarget } from '@onebit/core'
import type { layers } from '@tensorflow/tfjs-layers'

/** The part of `QuantizedLayer` that is asked here. */
interface Quantized {
  quantizer(target: QuantizerTarget): Configured<Quantizer> | undefined
}

function realActivation(layer: layers.Layer): ActivationFunction | undefined {
  if (!('quantizer' in layer)) return undefined
  return (layer as unknown as Quantized).quantizer('activation')?.plugin.real
}

/** The inputs of a layer as it computes with them. */
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

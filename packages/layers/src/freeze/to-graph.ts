/** What a layer is given to write itself into a graph. Any layer with a `toGraph` freezes; no list of known layers is consulted. */
import type { GraphBuilder } from '@onebit/core'
import type { layers } from '@tensorflow/tfjs-layers'

export interface ToGraphContext {
  readonly builder: GraphBuilder
  /** The layer's name, unique in the model: the prefix of its nodes. */
  readonly name: string
  /** The values that feed the layer. */
  readonly inputs: readonly string[]
}

export interface FreezableLayer extends layers.Layer {
  /** Appends the layer's nodes and returns the name of its output value. */
  toGraph(context: ToGraphContext): string
}

export function isFreezable(layer: layers.Layer): layer is FreezableLayer {
  return typeof (layer as Partial<FreezableLayer>).toGraph === 'function'
}

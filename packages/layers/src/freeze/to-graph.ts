/**
 * The context in which a layer appends its nodes to a graph. Any layer with a `toGraph` can be frozen; there is no list of known
 * layers.
 */
import type { GraphBuilder } from '@onebit/core'
import type { layers } from '@tensorflow/tfjs-layers'

export interface ToGraphContext {
  readonly builder: GraphBuilder
  /** The layer's name, unique in the model: the prefix of its nodes. */
  readonly name: string
  /** The names of the layer's input values. */
  readonly inputs: readonly string[]
}

export interface FreezableLayer extends layers.Layer {
  /** Appends the layer's nodes and returns the name of its output value. */
  toGraph(context: ToGraphContext): string
}

export function isFreezable(layer: layers.Layer): layer is FreezableLayer {
  return typeof (layer as Partial<FreezableLayer>).toGraph === 'function'
}

/** How a layer of TensorFlow.js itself is written down: which of its options are read, and which nodes it becomes. */
import { FreezeError, type Padding, type Pair } from '@onebit/core'
import type { layers } from '@tensorflow/tfjs-layers'
import { explicitPadding } from '../../same-padding.ts'
import { tensorOf } from '../float-tensor.ts'
import type { ToGraphContext } from '../to-graph.ts'

/** A layer's configuration, as `getConfig` gives it: every option there, its default filled in. */
export type StockConfig = Readonly<Record<string, unknown>>

export interface StockContext extends ToGraphContext {
  readonly layer: layers.Layer
  readonly config: StockConfig
}

export interface StockLayer {
  /** Options that the nodes depend on. An option that is neither here nor in `training` is refused. */
  readonly options: readonly string[]
  /** Options that act in training alone, or when weights are drawn. */
  readonly training?: readonly string[]
  /** Appends the layer's nodes and returns the name of its output value. */
  emit(context: StockContext): string
}

/** @throws FreezeError naming the layer and its class. */
export function refuse(layer: layers.Layer, what: string, fix?: string): never {
  throw new FreezeError({ what: `Layer '${layer.name}' (${layer.getClassName()}) cannot be frozen: ${what}`, fix })
}

/** Refuses images whose channels come first: the graph has no transposition. */
export function channelsLast({ layer, config }: StockContext): void {
  if (config.dataFormat === 'channelsFirst')
    refuse(layer, 'it is channels-first.', "Build the model with dataFormat 'channelsLast'.")
}

/** Geometry of a window over an image, as the graph states it. What is not `same` is valid, as TensorFlow.js takes it. */
export function windowOf(
  { config, builder, inputs }: StockContext,
  size: Pair,
  dilations: Pair = [1, 1],
): { strides: Pair; padding: Padding } {
  const [height, width] = builder.type(inputs[0]).shape
  const strides = config.strides as Pair
  const mode = config.padding === 'same' ? 'same' : 'valid'
  return { strides, padding: explicitPadding(mode, [height, width], size, strides, dilations) }
}

/** The layer's bias as a node's tensor, if it has one. Its kernel is the first weight. */
export function biasOf(layer: layers.Layer): { bias?: ReturnType<typeof tensorOf> } {
  const [, bias] = layer.getWeights()
  return bias ? { bias: tensorOf(bias) } : {}
}

/** Whether the only axis that `axis` names is the last one: counted from the end, with the batch, or in a list, as Keras writes it. */
export function isLastAxis(axis: unknown, { builder, inputs }: ToGraphContext): boolean {
  const [only, ...others] = Array.isArray(axis) ? axis : [axis]
  return others.length === 0 && (only === -1 || only === builder.type(inputs[0]).shape.length)
}

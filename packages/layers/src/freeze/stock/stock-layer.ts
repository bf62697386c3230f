/** The contract of a converter for TensorFlow.js' own layers: the options that it reads, and the nodes that it appends. */
import { FreezeError, type Padding, type Pair } from '@onebit/core'
import type { layers } from '@tensorflow/tfjs-layers'
import { explicitPadding } from '../../padding.ts'
import { tensorOf } from '../float-tensor.ts'
import type { ToGraphContext } from '../to-graph.ts'

/** A layer's configuration from `getConfig`, with every option and its default. */
export type StockConfig = Readonly<Record<string, unknown>>

export interface StockContext extends ToGraphContext {
  readonly layer: layers.Layer
  readonly config: StockConfig
}

export interface StockLayer {
  /** Options that affect the nodes. An option that is neither here nor in `training` is refused. */
  readonly options: readonly string[]
  /** Options that act only in training, or when weights are initialized. */
  readonly training?: readonly string[]
  /** Appends the layer's nodes and returns the name of its output value. */
  emit(context: StockContext): string
}

/** @throws FreezeError naming the layer and its class. */
export function refuse(layer: layers.Layer, what: string, fix?: string): never {
  throw new FreezeError({ what: `Layer '${layer.name}' (${layer.getClassName()}) cannot be frozen: ${what}`, fix })
}

/** Refuses channels-first images, because the graph has no transposition. */
export function channelsLast({ layer, config }: StockContext): void {
  if (config.dataFormat === 'channelsFirst')
    refuse(layer, 'it is channels-first.', "Build the model with dataFormat 'channelsLast'.")
}

/** Geometry of a window over an image, in the graph's terms. TensorFlow.js treats every padding other than `same` as valid. */
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

/** The layer's bias as a node's tensor, if it has one. Its first weight is the kernel. */
export function biasOf(layer: layers.Layer): { bias?: ReturnType<typeof tensorOf> } {
  const [, bias] = layer.getWeights()
  return bias ? { bias: tensorOf(bias) } : {}
}

/** True if `axis` names only the last axis: counted from the end, with the batch, or in a list, as Keras writes it. */
export function isLastAxis(axis: unknown, { builder, inputs }: ToGraphContext): boolean {
  const [only, ...others] = Array.isArray(axis) ? axis : [axis]
  return others.length === 0 && (only === -1 || only === builder.type(inputs[0]).shape.length)
}

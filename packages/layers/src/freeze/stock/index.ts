/**
 * Converts TensorFlow.js' own layers to graph nodes. Converters are found by class name, and read the layers' public
 * configuration and weights.
 */
import { describeValue, FreezeError } from '@onebit/core'
import type { layers } from '@tensorflow/tfjs-layers'
import type { ToGraphContext } from '../to-graph.ts'
import { activationLayers } from './activations.ts'
import { linearLayers } from './linear.ts'
import { mergeLayers } from './merges.ts'
import { normalizationLayers } from './normalization.ts'
import { spatialLayers } from './spatial.ts'
import { refuse, type StockLayer } from './stock-layer.ts'

/** Every stock layer that can be frozen, by class name. */
export const STOCK_LAYERS: Readonly<Record<string, StockLayer>> = {
  ...linearLayers,
  ...activationLayers,
  ...normalizationLayers,
  ...spatialLayers,
  ...mergeLayers,
}

/** Options of every layer that do not affect its computation. */
export const COMMON_OPTIONS: readonly string[] = ['name', 'trainable', 'batchInputShape', 'dtype']

/**
 * Appends a stock layer's nodes and returns the name of its output value.
 * @throws FreezeError on a class or an option without a counterpart in the graph.
 */
export function emitStock(layer: layers.Layer, context: ToGraphContext): string {
  const className = layer.getClassName()
  if (!Object.hasOwn(STOCK_LAYERS, className))
    refuse(layer, 'its class has no converter.', 'Give the layer a toGraph(context) method that appends its nodes.')
  const stock = STOCK_LAYERS[className]
  const known = new Set([...COMMON_OPTIONS, ...stock.options, ...(stock.training ?? [])])
  const config = layer.getConfig()
  for (const [option, value] of Object.entries(config)) {
    if (known.has(option) || value === undefined || value === null) continue
    throw new FreezeError({
      what: `Layer '${layer.name}' (${className}) has an option that cannot be frozen: '${option}'.`,
      expected: [...stock.options, ...(stock.training ?? [])].join(', '),
      received: `${option}: ${describeValue(value)}`,
      fix: 'Give the layer a toGraph(context) method that appends its nodes.',
    })
  }
  return stock.emit({ ...context, layer, config })
}

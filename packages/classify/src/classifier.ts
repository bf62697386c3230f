/** Composes a classification network from names or objects. */
import type { Backbone, BlockReference, NetworkReference, QuantizerReference, Registry } from '@onebit/core'
import { type LayersModel, model } from '@tensorflow/tfjs-layers'
import { classificationHead } from './classification-head.ts'

export interface ClassifierOptions {
  network: NetworkReference
  block: BlockReference
  /** Quantizes the inputs of the block's binary convolutions. Left out, they stay real. */
  activation?: QuantizerReference
  /** Quantizes their kernels. Left out, they stay real. */
  weight?: QuantizerReference
  classes: number
  /** `[height, width, channels]` */
  input: readonly [number, number, number]
}

export interface ComposedClassifier {
  /** From `image`, `[batch, height, width, channels]`, to `scores`, `[batch, classes]`, probabilities. */
  readonly model: LayersModel
  /** Its values by name: `stage2.block1`, `stage2`. For attention matching, other heads and taps of `freeze`. */
  readonly features: Backbone['features']
}

/**
 * A classifier and the named values inside it.
 * @throws PluginNotFoundError on an unknown name; OptionError on a bad option.
 */
export function composeClassifier(registry: Registry, options: ClassifierOptions): ComposedClassifier {
  const network = registry.network(options.network)
  const backbone = network.plugin.build(network.options, {
    input: options.input,
    block: registry.block(options.block),
    activation: options.activation === undefined ? undefined : registry.quantizer(options.activation),
    weight: options.weight === undefined ? undefined : registry.quantizer(options.weight),
  })
  const { scores } = classificationHead.apply(backbone, { classes: options.classes })
  const composed = model({ inputs: backbone.input, outputs: scores, name: network.plugin.name })
  return { model: composed, features: backbone.features }
}

/**
 * A model from `image`, `[batch, height, width, channels]`, to `scores`, `[batch, classes]`, probabilities.
 * @throws PluginNotFoundError on an unknown name; OptionError on a bad option.
 */
export function classifier(registry: Registry, options: ClassifierOptions): LayersModel {
  return composeClassifier(registry, options).model
}

/** Composes a classification network from names or objects. */
import type { BlockReference, NetworkReference, QuantizerReference, Registry } from '@onebit/core'
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

/**
 * A model from `image`, `[batch, height, width, channels]`, to `scores`, `[batch, classes]`, probabilities.
 * @throws PluginNotFoundError on an unknown name; OptionError on a bad option.
 */
export function classifier(registry: Registry, options: ClassifierOptions): LayersModel {
  const network = registry.network(options.network)
  const backbone = network.plugin.build(network.options as never, {
    input: options.input,
    block: registry.block(options.block),
    activation: options.activation === undefined ? undefined : registry.quantizer(options.activation),
    weight: options.weight === undefined ? undefined : registry.quantizer(options.weight),
  })
  const { scores } = classificationHead.apply(backbone, { classes: options.classes } as never)
  return model({ inputs: backbone.input, outputs: scores, name: network.plugin.name })
}

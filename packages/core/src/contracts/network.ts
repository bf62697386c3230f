/** Networks compute the features that a task's head reads. TensorFlow.js appears as types only. */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { AnyOptions, OptionRules, OptionsOf } from '../options/option-rules.ts'
import type { Block } from './block.ts'
import { type Configured, makePlugin, type Plugin, type PluginDefinition, type ReferenceTo } from './plugin.ts'
import type { Quantizer } from './quantizer.ts'

/** Input shape and quantizers that a network is built with. */
export interface NetworkContext {
  /** `[height, width, channels]` */
  readonly input: readonly [number, number, number]
  readonly block: Configured<Block>
  /** Quantizes the inputs of binary convolutions. Without it, they stay real. */
  readonly activation?: Configured<Quantizer>
  /** Quantizes their kernels. Without it, they stay real. */
  readonly weight?: Configured<Quantizer>
}

/** A network without its head. */
export interface Backbone {
  readonly input: SymbolicTensor
  /** Named taps for heads and distillers, in order of depth: `stage1`, `stage2`, ...; `stage1.block1`, ... */
  readonly features: Readonly<Record<string, SymbolicTensor>>
  /** The last feature map. */
  readonly output: SymbolicTensor
  /** Outputs of the network itself by name, such as the heat-maps inside a stacked hourglass. */
  readonly outputs?: Readonly<Record<string, SymbolicTensor>>
}

export interface NetworkDefinition<Rules extends OptionRules = OptionRules> extends PluginDefinition<Rules> {
  build(options: OptionsOf<Rules>, context: NetworkContext): Backbone
}

export interface Network extends Plugin {
  readonly kind: 'network'
  build(options: AnyOptions, context: NetworkContext): Backbone
}

/** Option types of networks by name, for completion; packages augment it. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface NetworkNames {}

export type NetworkReference = ReferenceTo<NetworkNames, Network>

/**
 * Makes a plugin of a network's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineNetwork<const Rules extends OptionRules = Record<never, never>>(
  definition: NetworkDefinition<Rules>,
): Network {
  return makePlugin('network', definition as PluginDefinition, ['build'])
}

/** Blocks, the parts of networks. TensorFlow.js appears as types only. */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { AnyOptions, OptionRules, OptionsOf } from '../options/option-rules.ts'
import { type Configured, makePlugin, type Plugin, type PluginDefinition, type ReferenceTo } from './plugin.ts'
import type { Quantizer } from './quantizer.ts'

/** How windows with a stride lie over the borders of an image: as TensorFlow's `same` padding, or PyTorch's, equal on all sides. */
export type BorderPadding = 'same' | 'symmetric'

/** The quantizers of a block, and its place in the network. */
export interface BlockContext {
  /** Prefix of the names of its layers. */
  readonly name: string
  /** Output channels. */
  readonly filters: number
  /** The block divides height and width by this: 1 or 2 in the networks here. */
  readonly strides: number
  /** Distance of the taps of its convolutions, in pixels: 1 is dense. */
  readonly dilation: number
  /** How windows of its strided convolutions lie. @default 'same' */
  readonly padding?: BorderPadding
  /** Quantizes the inputs of the block's binary convolutions. Without it, they stay real. */
  readonly activation?: Configured<Quantizer>
  /** Quantizes their kernels. Without it, they stay real. */
  readonly weight?: Configured<Quantizer>
}

export interface BlockDefinition<Rules extends OptionRules = OptionRules> extends PluginDefinition<Rules> {
  /** Convolutions along the main path, for networks that count layers. */
  readonly convolutions: number
  /**
   * The name of the real activation that replaces the activations' quantizer in the float twin, or `none` if the block keeps a
   * non-linearity of its own. Default: `relu`.
   */
  twin?(options: OptionsOf<Rules>): string
  /**
   * Takes and returns symbolic tensors. The first is the block's main value. A block with parallel bases passes the others on to the
   * next block.
   */
  apply(inputs: readonly SymbolicTensor[], options: OptionsOf<Rules>, context: BlockContext): readonly SymbolicTensor[]
}

export interface Block extends Plugin {
  readonly kind: 'block'
  readonly convolutions: number
  twin?(options: AnyOptions): string
  apply(inputs: readonly SymbolicTensor[], options: AnyOptions, context: BlockContext): readonly SymbolicTensor[]
}

/** Option types of blocks by name, for completion; packages augment it. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface BlockNames {}

export type BlockReference = ReferenceTo<BlockNames, Block>

/**
 * Makes a plugin of a block's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineBlock<const Rules extends OptionRules = Record<never, never>>(definition: BlockDefinition<Rules>): Block {
  return makePlugin('block', definition as PluginDefinition, ['apply'])
}

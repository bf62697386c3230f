/** Blocks, networks, heads and distillers: what task packages compose. TensorFlow.js appears as types only. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import {
  type AnyOptions,
  type Configured,
  checkDefinition,
  type OptionRules,
  type OptionsOf,
  type Paper,
  type Plugin,
} from './plugin.ts'
import type { Quantizer } from './quantizer.ts'

/** Which quantizers a block uses, and where it stands in its network. */
export interface BlockContext {
  /** Prefix of the names of its layers. */
  readonly name: string
  /** Output channels. */
  readonly filters: number
  /** By how much the block divides height and width: 1 or 2 in the networks here. */
  readonly strides: number
  /** Distance of the taps of its convolutions, in pixels: 1 is dense. */
  readonly dilation: number
  /** Quantizes the inputs of the block's binary convolutions; absent, they stay real. */
  readonly activation?: Configured<Quantizer>
  /** Quantizes their kernels; absent, they stay real. */
  readonly weight?: Configured<Quantizer>
}

interface Definition<Rules extends OptionRules> {
  readonly name: string
  readonly package?: string
  readonly paper?: Paper
  readonly options?: Rules
}

export interface BlockDefinition<Rules extends OptionRules> extends Definition<Rules> {
  /** Convolutions along the main path, for networks that count layers. */
  readonly convolutions: number
  /**
   * Symbolic tensors in, symbolic tensors out. The first is the block's main value; a block with parallel bases passes the others
   * on to the next block.
   */
  apply(inputs: readonly SymbolicTensor[], options: OptionsOf<Rules>, context: BlockContext): readonly SymbolicTensor[]
}

export interface Block extends Plugin {
  readonly kind: 'block'
  readonly convolutions: number
  apply(inputs: readonly SymbolicTensor[], options: AnyOptions, context: BlockContext): readonly SymbolicTensor[]
}

/** What a network is built from. */
export interface NetworkContext {
  /** `[height, width, channels]` */
  readonly input: readonly [number, number, number]
  readonly block: Configured<Block>
  readonly activation?: Configured<Quantizer>
  readonly weight?: Configured<Quantizer>
}

/** A network without its head. */
export interface Backbone {
  readonly input: SymbolicTensor
  /** Named taps, in order of depth: what other heads and attention matching read. */
  readonly features: Readonly<Record<string, SymbolicTensor>>
  /** The last feature map. */
  readonly output: SymbolicTensor
}

export interface NetworkDefinition<Rules extends OptionRules> extends Definition<Rules> {
  build(options: OptionsOf<Rules>, context: NetworkContext): Backbone
}

export interface Network extends Plugin {
  readonly kind: 'network'
  build(options: AnyOptions, context: NetworkContext): Backbone
}

export interface HeadDefinition<Rules extends OptionRules> extends Definition<Rules> {
  /** Outputs by name from a backbone's features. */
  apply(backbone: Backbone, options: OptionsOf<Rules>): Readonly<Record<string, SymbolicTensor>>
}

/** Turns features into a task's outputs. */
export interface Head extends Plugin {
  readonly kind: 'head'
  apply(backbone: Backbone, options: AnyOptions): Readonly<Record<string, SymbolicTensor>>
}

export interface DistillerDefinition<Rules extends OptionRules> extends Definition<Rules> {
  /** The loss of a student against a teacher, from named taps of both, batch first. */
  loss(student: Readonly<Record<string, Tensor>>, teacher: Readonly<Record<string, Tensor>>, options: OptionsOf<Rules>): Scalar
}

/** Makes a student follow a teacher. */
export interface Distiller extends Plugin {
  readonly kind: 'distiller'
  loss(student: Readonly<Record<string, Tensor>>, teacher: Readonly<Record<string, Tensor>>, options: AnyOptions): Scalar
}

/** Option types of blocks and networks by name, for autocompletion; packages augment them. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface BlockNames {}
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface NetworkNames {}

export type BlockReference =
  | Block
  | Configured<Block>
  | keyof BlockNames
  | (string & {})
  | { readonly name: string; readonly [option: string]: unknown }
export type NetworkReference =
  | Network
  | Configured<Network>
  | keyof NetworkNames
  | (string & {})
  | { readonly name: string; readonly [option: string]: unknown }

function plugin<Erased extends Plugin>(
  kind: Erased['kind'],
  definition: Definition<OptionRules>,
  functions: readonly string[],
): Erased {
  checkDefinition(kind, definition, functions)
  return Object.freeze({ ...definition, kind, options: definition.options ?? {} }) as Plugin as Erased
}

/**
 * Makes a plugin of a block's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineBlock<const Rules extends OptionRules>(definition: BlockDefinition<Rules>): Block {
  return plugin('block', definition, ['apply'])
}

/**
 * Makes a plugin of a network's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineNetwork<const Rules extends OptionRules>(definition: NetworkDefinition<Rules>): Network {
  return plugin('network', definition, ['build'])
}

/**
 * Makes a plugin of a head's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineHead<const Rules extends OptionRules>(definition: HeadDefinition<Rules>): Head {
  return plugin('head', definition, ['apply'])
}

/**
 * Makes a plugin of a distiller's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineDistiller<const Rules extends OptionRules>(definition: DistillerDefinition<Rules>): Distiller {
  return plugin('distiller', definition, ['loss'])
}

/** Heads turn a network's features into a task's outputs. TensorFlow.js appears as types only. */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { AnyOptions, OptionRules, OptionsOf } from '../options/option-rules.ts'
import type { Backbone } from './network.ts'
import { makePlugin, type Plugin, type PluginDefinition, type ReferenceTo } from './plugin.ts'

export interface HeadDefinition<Rules extends OptionRules = OptionRules> extends PluginDefinition<Rules> {
  /**
   * Outputs by name from a backbone's features. A layer has the name of its output, because frozen files and losses use that name.
   */
  apply(backbone: Backbone, options: OptionsOf<Rules>): Readonly<Record<string, SymbolicTensor>>
}

/** Turns features into a task's outputs. */
export interface Head extends Plugin {
  readonly kind: 'head'
  apply(backbone: Backbone, options: AnyOptions): Readonly<Record<string, SymbolicTensor>>
}

/** Option types of heads by name, for completion; packages augment it. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface HeadNames {}

export type HeadReference = ReferenceTo<HeadNames, Head>

/**
 * Makes a plugin of a head's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineHead<const Rules extends OptionRules = Record<never, never>>(definition: HeadDefinition<Rules>): Head {
  return makePlugin('head', definition as PluginDefinition, ['apply'])
}

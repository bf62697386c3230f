/** Optimizers as plugins: a recipe names one, a registry finds it. */
import {
  type AnyOptions,
  type Configured,
  makePlugin,
  type OptionRules,
  type OptionsOf,
  type Plugin,
  type PluginDefinition,
  type ReferenceTo,
} from '@onebit/core'
import type { Optimizer } from './optimizer.ts'

/** The arguments of an optimizer, beside its own options. */
export interface OptimizerContext {
  /** The weight decay of the stage: factor of the L2 penalty, or of the decay that the optimizer defines. */
  readonly weightDecay: number
  /** Creates a second optimizer for the weights that this one does not train. */
  create(reference: OptimizerReference): Optimizer
}

export interface OptimizerDefinition<Rules extends OptionRules = OptionRules> extends PluginDefinition<Rules> {
  /**
   * The form of weights with a quantizer: `latent` weights (the default) stay real, `signs` are -1 and +1 from the first step on.
   */
  readonly binaryWeights?: 'latent' | 'signs'
  create(options: OptionsOf<Rules>, context: OptimizerContext): Optimizer
}

/** Creates optimizers, each for one stage. */
export interface OptimizerPlugin extends Plugin {
  readonly kind: 'optimizer'
  readonly binaryWeights?: 'latent' | 'signs'
  create(options: AnyOptions, context: OptimizerContext): Optimizer
}

/** Option types of optimizers by name, for completion; packages augment it. */
export interface OptimizerNames {
  sgd: { momentum: number; nesterov: boolean }
  adam: { beta1: number; beta2: number; epsilon: number }
  adamw: { beta1: number; beta2: number; epsilon: number }
  bop: { gamma: number; threshold: number; scheduled: boolean; rest: string | { name: string; [option: string]: unknown } }
}

/** A name, a name with options, or the plugin itself. */
export type OptimizerReference = ReferenceTo<OptimizerNames, OptimizerPlugin>

export type ConfiguredOptimizer = Configured<OptimizerPlugin>

declare module '@onebit/core' {
  interface PluginKinds {
    optimizer: OptimizerPlugin
  }
}

/**
 * Creates a plugin from an optimizer's definition.
 * @throws InvalidPluginError if the name is not kebab-case, or if there is no function `create`.
 */
export function defineOptimizer<const Rules extends OptionRules = Record<never, never>>(
  definition: OptimizerDefinition<Rules>,
): OptimizerPlugin {
  return makePlugin<OptimizerPlugin>('optimizer', definition as PluginDefinition, ['create'])
}

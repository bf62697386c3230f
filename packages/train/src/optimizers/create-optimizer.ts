/** Optimizers by reference, as a recipe writes them. */
import type { Reference, Registry } from '@onebit/core'
import type { Optimizer } from './optimizer.ts'
import type { ConfiguredOptimizer, OptimizerReference } from './optimizer-plugin.ts'

/** An optimizer with its options decided, and where others are looked up that it leaves weights to. */
export interface ResolvedOptimizer extends ConfiguredOptimizer {
  readonly registry: Registry
}

/** @throws PluginNotFoundError on an unknown name; OptionError on a bad option. */
export function resolveOptimizer(reference: OptimizerReference, registry: Registry): ResolvedOptimizer {
  return { ...registry.resolve('optimizer', reference as Reference), registry }
}

/**
 * @param weightDecay L2 penalty, or whatever the optimizer makes of it.
 * @throws as `resolveOptimizer` does, for the optimizers that it leaves weights to.
 */
export function createOptimizer({ plugin, options, registry }: ResolvedOptimizer, weightDecay: number): Optimizer {
  const create = (reference: OptimizerReference): Optimizer => createOptimizer(resolveOptimizer(reference, registry), weightDecay)
  return plugin.create(options, { weightDecay, create })
}

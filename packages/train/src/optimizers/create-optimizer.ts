/** Creates optimizers from references, as recipes write them. */
import type { Reference, Registry } from '@onebit/core'
import type { Optimizer } from './optimizer.ts'
import type { ConfiguredOptimizer, OptimizerReference } from './optimizer-plugin.ts'

/**
 * An optimizer with all its options, and the registry in which it looks up a second optimizer for the weights it does not train.
 */
export interface ResolvedOptimizer extends ConfiguredOptimizer {
  readonly registry: Registry
}

/** @throws PluginNotFoundError on an unknown name; OptionError on a bad option. */
export function resolveOptimizer(reference: OptimizerReference, registry: Registry): ResolvedOptimizer {
  return { ...registry.resolve('optimizer', reference as Reference), registry }
}

/**
 * @param weightDecay Factor of the L2 penalty, or of the decay that the optimizer defines.
 * @throws the errors of `resolveOptimizer`, for the second optimizer.
 */
export function createOptimizer({ plugin, options, registry }: ResolvedOptimizer, weightDecay: number): Optimizer {
  const create = (reference: OptimizerReference): Optimizer => createOptimizer(resolveOptimizer(reference, registry), weightDecay)
  return plugin.create(options, { weightDecay, create })
}

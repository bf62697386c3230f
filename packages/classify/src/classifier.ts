/** Composes a classification network from names or objects. */

import type { Registry } from '@onebit/core'
import { type ComposedModel, type ComposeOptions, composeModel } from '@onebit/layers'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { classification } from './classification-task.ts'

export interface ClassifierOptions extends Omit<ComposeOptions, 'task' | 'facts'> {
  /** How many there are, or their names. */
  readonly classes: number | readonly string[]
}

/**
 * A classifier and the named values inside it.
 * @throws PluginNotFoundError on an unknown name; OptionError on a bad option.
 */
export function composeClassifier(registry: Registry, { classes, ...options }: ClassifierOptions): ComposedModel {
  const names = typeof classes === 'number' ? Array.from({ length: classes }, (_, index) => `${index}`) : classes
  return composeModel(registry, { ...options, task: classification, facts: { classes: names } })
}

/**
 * A model from `image`, `[batch, height, width, channels]`, to `scores`, `[batch, classes]`, probabilities.
 * @throws PluginNotFoundError on an unknown name; OptionError on a bad option.
 */
export function classifier(registry: Registry, options: ClassifierOptions): LayersModel {
  return composeClassifier(registry, options).model
}

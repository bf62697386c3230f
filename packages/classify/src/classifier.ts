/** Composes a classification network from names or objects. */

import { checkOptions, type Registry, rules, type ValueRules } from '@onebit/core'
import { type ComposedModel, type ComposeOptions, composeModel } from '@onebit/layers'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { classification } from './classification-task.ts'

/** The largest number of generated names, if only a number is given. */
const MOST_CLASSES = 2 ** 20

export interface ClassifierOptions extends Omit<ComposeOptions, 'task' | 'facts'> {
  /** Number of the classes, or their names. */
  readonly classes: number | readonly string[]
}

const { anything, either, integer, list, text } = rules

/** `composeModel` checks the other options. */
const OPTIONS: ValueRules<keyof ClassifierOptions> = {
  classes: either(integer({ minimum: 2, maximum: MOST_CLASSES }), list(text, { minimum: 2 })),
  network: anything,
  block: anything,
  activation: anything,
  weight: anything,
  head: anything,
  input: anything,
}

/**
 * A classifier and the named values inside it.
 * @throws PluginNotFoundError on an unknown name; OptionError on a bad option.
 */
export function composeClassifier(registry: Registry, given: ClassifierOptions): ComposedModel {
  const { classes, ...options } = checkOptions('classifier()', given, OPTIONS, ['classes'])
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

/** The untrained model of a recipe. */

import { type Configured, OptionError, type Quantizer, type QuantizerTarget, type Registry } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs'
import { locate } from '../errors.ts'
import { tensorflow } from '../tensorflow.ts'
import type { LocatedRecipe } from './read-recipe.ts'

export interface ModelShape {
  /** `[height, width, channels]` */
  readonly input: readonly [number, number, number]
  readonly classes: number
}

function quantizerFor(configured: Configured<Quantizer>, target: QuantizerTarget): Configured<Quantizer> {
  const { name, for: targets } = configured.plugin
  if (targets.includes(target)) return configured
  throw new OptionError({
    what: `The quantizer '${name}' does not quantize ${target}s.`,
    expected: `a quantizer for ${target}s`,
    received: `one for ${targets.map((entry) => `${entry}s`).join(' and ')}`,
  })
}

/** What a recipe writes where something stays real. */
const NONE = 'none'

/**
 * @throws RecipeError with the location of an unknown name or a bad option, and the nearest known name.
 */
export async function composeModel(
  registry: Registry,
  { recipe, locationOf }: LocatedRecipe,
  { input, classes }: ModelShape,
): Promise<LayersModel> {
  const { model } = recipe
  const at = (part: string): string => locationOf(`model.${part}`)
  const quantizer = (target: QuantizerTarget): Configured<Quantizer> | undefined => {
    if (model[target] === NONE) return undefined
    return locate(at(target), () => quantizerFor(registry.quantizer(model[target]), target))
  }
  const parts = {
    network: locate(at('network'), () => registry.network(model.network)),
    block: locate(at('block'), () => registry.block(model.block)),
    activation: quantizer('activation'),
    weight: quantizer('weight'),
  }
  await tensorflow()
  const { classifier } = await import('@onebit/classify')
  return classifier(registry, { ...parts, input, classes })
}

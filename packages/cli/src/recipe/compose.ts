/** The untrained models of a recipe: of its last stage, or of every one. */

import {
  type BlockReference,
  type Configured,
  type NetworkReference,
  OptionError,
  type Quantizer,
  type QuantizerReference,
  type QuantizerTarget,
  type Registry,
} from '@onebit/core'
import type { ComposedModel } from '@onebit/layers'
import type { LayersModel } from '@tensorflow/tfjs'
import type { DataShape } from '../datasets/dataset.ts'
import { locate } from '../errors.ts'
import { tensorflow } from '../tensorflow.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import { placeOf, stagesOf } from './stages.ts'

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
const unlessNone = (reference: QuantizerReference | undefined): QuantizerReference | undefined =>
  reference === NONE ? undefined : reference

/**
 * The model of a stage, and the values inside it by name.
 * @param index Of the stage, from 0.
 * @throws RecipeError with the location of an unknown name or a bad option, and the nearest known name.
 */
export async function composeStage(
  registry: Registry,
  { recipe, locationOf }: LocatedRecipe,
  index: number,
  { input, classes }: DataShape,
): Promise<ComposedModel> {
  const { stageQuantizers } = await import('@onebit/train')
  const { model } = recipe
  const stage = stagesOf(recipe)[index]
  const at = (part: 'network' | 'block' | QuantizerTarget): string =>
    locationOf(stage[part] === undefined ? `model.${part}` : `${placeOf(recipe, index)}.${part}`)
  const chosen = stageQuantizers(stage, { activation: unlessNone(model.activation), weight: unlessNone(model.weight) })
  const quantizer = (target: QuantizerTarget): Configured<Quantizer> | undefined => {
    const reference = unlessNone(chosen[target])
    return reference && locate(at(target), () => quantizerFor(registry.quantizer(reference), target))
  }
  const parts = {
    network: locate(at('network'), () => registry.network((stage.network ?? model.network) as NetworkReference)),
    block: locate(at('block'), () => registry.block((stage.block ?? model.block) as BlockReference)),
    activation: quantizer('activation'),
    weight: quantizer('weight'),
  }
  await tensorflow()
  const { composeClassifier } = await import('@onebit/classify')
  return composeClassifier(registry, { ...parts, input, classes })
}

/** The model that a recipe ends with. @throws as `composeStage` does. */
export async function composeModel(registry: Registry, located: LocatedRecipe, shape: DataShape): Promise<LayersModel> {
  const last = stagesOf(located.recipe).length - 1
  return (await composeStage(registry, located, last, shape)).model
}

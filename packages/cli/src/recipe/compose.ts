/** Composes the untrained models of a recipe: that of its last stage, or of every stage. */
import {
  type Block,
  type BlockReference,
  type Configured,
  type HeadReference,
  type Network,
  type NetworkReference,
  OptionError,
  type Quantizer,
  type QuantizerReference,
  type QuantizerTarget,
  type TaskReference,
} from '@onebit/core'
import type { DatasetShape } from '@onebit/data'
import { type ComposedModel, composeModel as composeParts } from '@onebit/layers'
import { stageQuantizers } from '@onebit/train'
import type { LayersModel } from '@tensorflow/tfjs'
import { locate } from '../errors.ts'
import { tensorflow } from '../tensorflow.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import type { NamedReference } from './recipe.ts'
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

/** The name in recipes for a side that stays real. */
const NONE = 'none'
const unlessNone = (reference: NamedReference | QuantizerReference | undefined): QuantizerReference | undefined =>
  reference === NONE ? undefined : (reference as QuantizerReference)

/** The parts of a stage's model. */
export interface StageParts {
  readonly network: Configured<Network>
  readonly block: Configured<Block>
  readonly activation?: Configured<Quantizer>
  readonly weight?: Configured<Quantizer>
}

/** The activation in place of signs in a block's float twin: the name of a real activation, or `none`. */
export const twinActivation = ({ plugin, options }: Configured<Block>): string => plugin.twin?.(options) ?? 'relu'

/**
 * The parts of a stage's model.
 * @param index Number of the stage, from 0.
 * @throws RecipeError with the location of an unknown name or a bad option, and the nearest known name.
 */
export function partsOf({ recipe, registry, locationOf }: LocatedRecipe, index: number): StageParts {
  const { model } = recipe
  const stage = stagesOf(recipe)[index]
  const at = (part: 'network' | 'block' | QuantizerTarget): string =>
    locationOf(stage[part] === undefined ? `model.${part}` : `${placeOf(recipe, index)}.${part}`)
  const chosen = stageQuantizers(stage as Parameters<typeof stageQuantizers>[0], {
    activation: unlessNone(model.activation),
    weight: unlessNone(model.weight),
  })
  const quantizer = (target: QuantizerTarget): Configured<Quantizer> | undefined => {
    const reference = unlessNone(chosen[target])
    return reference && locate(at(target), () => quantizerFor(registry.quantizer(reference), target))
  }
  const network = locate(at('network'), () => registry.network((stage.network ?? model.network) as NetworkReference))
  const block = locate(at('block'), () => registry.block((stage.block ?? model.block) as BlockReference))
  if (!model.twin) return { network, block, activation: quantizer('activation'), weight: quantizer('weight') }
  const real = unlessNone(twinActivation(block))
  return { network, block, activation: real && quantizerFor(registry.quantizer(real), 'activation') }
}

/**
 * The model of a stage, and the values inside it by name.
 * @param index Number of the stage, from 0.
 * @throws RecipeError like `partsOf`, and if the parts do not fit together.
 */
export async function composeStage(
  located: LocatedRecipe,
  index: number,
  { input, facts }: DatasetShape,
): Promise<ComposedModel> {
  const { recipe, registry, locationOf } = located
  const { task, head } = recipe.model
  const parts = partsOf(located, index)
  // Keep the reference as written, because missing options may follow from the data.
  const network = (stagesOf(recipe)[index].network ?? recipe.model.network) as NetworkReference
  await tensorflow()
  const place = recipe.stages ? placeOf(recipe, index) : 'model'
  return locate(locationOf(place), () =>
    composeParts(registry, {
      ...parts,
      network,
      task: task as TaskReference,
      head: head as HeadReference | undefined,
      input,
      facts,
    }),
  )
}

/** The model of a recipe's last stage. @throws the errors of `composeStage`. */
export async function composeModel(located: LocatedRecipe, shape: DatasetShape): Promise<LayersModel> {
  const last = stagesOf(located.recipe).length - 1
  return (await composeStage(located, last, shape)).model
}

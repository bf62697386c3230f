/**
 * Converts the losses of a recipe's stages to those of the trainer. Distillers that compare inner features get the ends of blocks
 * by default.
 */
import { type Distiller, OptionError } from '@onebit/core'
import type { DatasetShape } from '@onebit/data'
import type { ComposedModel } from '@onebit/layers'
import type { LossTerm, StageOptions, Tap } from '@onebit/train'
import { locate } from '../errors.ts'
import { composeStage } from './compose.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import type { NamedReference } from './recipe.ts'
import { placeOf, stagesOf } from './stages.ts'

/** The end of a block in both models, which need not have the same architecture. */
function tapOf(name: string, student: ComposedModel, teacher: ComposedModel): Tap {
  const layer = ({ features, model }: ComposedModel): string => {
    const feature = features[name]
    if (feature) return feature.sourceLayer.name
    throw new OptionError({
      what: `The network '${model.name}' has no feature '${name}' to compare.`,
      expected: Object.keys(features).join(', '),
      received: name,
    })
  }
  return { name, student: layer(student), teacher: layer(teacher) }
}

/** Names of blocks, such as `stage1.block1`. Names of whole stages are left out, because they repeat the last block. */
const blocksOf = ({ features }: ComposedModel): string[] => Object.keys(features).filter((name) => name.includes('.'))

interface Models {
  readonly student: ComposedModel
  /** The model of the previous stage, if this stage has a teacher. */
  readonly teacher?: ComposedModel
}

/** Converts a term to that of the trainer. `taps` are names of features, such as `stage2.block1`. Default: every block. */
function termOf(written: NamedReference, { student, teacher }: Models, { recipe, registry }: LocatedRecipe): LossTerm {
  const term = typeof written === 'string' ? { name: written } : written
  const { name, taps } = term as { readonly name: string; readonly taps?: readonly string[] }
  const task = registry.task(recipe.model.task as never).plugin
  const isLoss = [...task.losses, ...registry.list('loss')].some((plugin) => plugin.name === name)
  const distiller = registry.list('distiller').find((plugin) => plugin.name === name) as Distiller | undefined
  if (isLoss || !distiller) return term as LossTerm
  if (!teacher) {
    throw new OptionError({
      what: `The loss '${name}' has no teacher to follow.`,
      expected: `'teacher': 'previous' in a stage after the first`,
    })
  }
  if (distiller.compares === 'outputs') return term as LossTerm
  return { ...term, taps: (taps ?? blocksOf(student)).map((tap) => tapOf(tap, student, teacher)) } as LossTerm
}

/**
 * The stages of a recipe, ready for `trainStages`. Composes every stage once, so that a mistake in the last stage is found before
 * the first one trains.
 * @throws RecipeError with the location of the first mistake.
 */
export async function trainableStages(located: LocatedRecipe, shape: DatasetShape): Promise<StageOptions[]> {
  const { recipe, locationOf } = located
  const ready: StageOptions[] = []
  let previous: ComposedModel | undefined
  for (const [index, { losses, ...stage }] of stagesOf(recipe).entries()) {
    const student = await composeStage(located, index, shape)
    const models = { student, teacher: stage.teacher && previous }
    const terms = losses?.map((written, number) =>
      locate(locationOf(`${placeOf(recipe, index)}.losses[${number}]`), () => termOf(written, models, located)),
    )
    ready.push({ ...stage, losses: terms } as StageOptions)
    previous?.model.dispose()
    previous = student
  }
  previous?.model.dispose()
  return ready
}

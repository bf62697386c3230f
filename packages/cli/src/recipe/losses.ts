/** The losses of a recipe's stages as the trainer takes them: distillers that compare inner values learn which, the ends of blocks. */
import { type Distiller, OptionError } from '@onebit/core'
import type { DatasetShape } from '@onebit/data'
import type { ComposedModel } from '@onebit/layers'
import { checkSelectors, type LossTerm, type StageOptions, type Tap } from '@onebit/train'
import { locate, RecipeError } from '../errors.ts'
import { composeStage, partsOf } from './compose.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import type { NamedReference } from './recipe.ts'
import { placeOf, placeOfSetting, stagesOf } from './stages.ts'

/** A block's end in both models; they need not be of the same architecture. */
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

/** The names of blocks, `stage1.block1`; those of whole stages repeat the last block's. */
const blocksOf = ({ features }: ComposedModel): string[] => Object.keys(features).filter((name) => name.includes('.'))

interface Models {
  readonly student: ComposedModel
  /** Of the stage before, where the stage has a teacher. */
  readonly teacher?: ComposedModel
}

/** A term as the trainer takes it. `taps` are names of features, `stage2.block1`; default: every block. */
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
      expected: `'teacher': 'previous' in a stage that has one before it`,
    })
  }
  if (distiller.compares === 'outputs') return term as LossTerm
  return { ...term, taps: (taps ?? blocksOf(student)).map((tap) => tapOf(tap, student, teacher)) } as LossTerm
}

/** What decides a stage's model, as text. */
function describeParts(located: LocatedRecipe, index: number): string {
  const parts = Object.entries(partsOf(located, index)).map(([kind, part]) => [kind, part && [part.plugin.name, part.options]])
  return JSON.stringify(parts)
}

/** The weights that a stage names have to be in its model. */
function checkStageSelectors({ recipe, locationOf }: LocatedRecipe, index: number, { model }: ComposedModel): void {
  const { trainable, fixed, groups, name } = stagesOf(recipe)[index]
  try {
    checkSelectors(model, { trainable, fixed, groups } as Parameters<typeof checkSelectors>[1], `Stage '${name}'`)
  } catch (error) {
    if (!OptionError.isInstance(error)) throw error
    throw new RecipeError({ ...error.parts, location: locationOf(placeOfSetting(recipe, index, error.option)) }, { cause: error })
  }
}

/**
 * The stages of a recipe, ready for `trainStages`. Composes every stage once, so that a mistake in the last one is found before the
 * first one trains.
 * @throws RecipeError with the location of the first mistake.
 */
export async function trainableStages(located: LocatedRecipe, shape: DatasetShape): Promise<StageOptions[]> {
  const { recipe, locationOf } = located
  const ready: StageOptions[] = []
  let previous: { readonly model: ComposedModel; readonly parts: string } | undefined
  for (const [index, { losses, dataset: _, ...stage }] of stagesOf(recipe).entries()) {
    // Stages that differ in their rates alone are of one model: composing a large one takes seconds.
    const parts = describeParts(located, index)
    const student = previous?.parts === parts ? previous.model : await composeStage(located, index, shape)
    checkStageSelectors(located, index, student)
    const models = { student, teacher: stage.teacher && previous?.model }
    const terms = losses?.map((written, number) =>
      locate(locationOf(`${placeOf(recipe, index)}.losses[${number}]`), () => termOf(written, models, located)),
    )
    ready.push({ ...stage, losses: terms } as StageOptions)
    if (student !== previous?.model) previous?.model.model.dispose()
    previous = { model: student, parts }
  }
  previous?.model.model.dispose()
  return ready
}

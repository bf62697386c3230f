/**
 * Prepares the stages of a recipe for the trainer: opens their teachers, and sets the taps of distillers that compare inner
 * features.
 */
import { type Distiller, OptionError } from '@onebit/core'
import type { DatasetShape } from '@onebit/data'
import type { ComposedModel } from '@onebit/layers'
import { checkSelectors, type LossTerm, type StageOptions } from '@onebit/train'
import { locate, locateAsync, RecipeError } from '../errors.ts'
import { composeStage, partsOf } from './compose.ts'
import { type OpenedTeacher, openTeacher } from './open-teacher.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import type { NamedReference } from './recipe.ts'
import { placeOf, placeOfSetting, stagesOf } from './stages.ts'
import { type TapNames, tapNamesOf, tapsOf } from './tap-names.ts'
import { namedTeacher } from './teacher-names.ts'

interface Sides {
  readonly student: TapNames
  /** Present if the stage has a teacher. */
  readonly teacher?: TapNames
}

/** A term in the trainer's form. */
function termOf(written: NamedReference, { student, teacher }: Sides, { recipe, registry }: LocatedRecipe): LossTerm {
  const term = typeof written === 'string' ? { name: written } : written
  const { name, taps } = term as { readonly name: string; readonly taps?: readonly unknown[] }
  const task = registry.task(recipe.model.task as never).plugin
  const isLoss = [...task.losses, ...registry.list('loss')].some((plugin) => plugin.name === name)
  const distiller = registry.list('distiller').find((plugin) => plugin.name === name) as Distiller | undefined
  if (isLoss || !distiller) return term as LossTerm
  if (!teacher) {
    throw new OptionError({
      what: `The loss '${name}' has no teacher to follow.`,
      expected: `a 'teacher' in the stage: the name of an earlier stage, or { "run": folder }`,
    })
  }
  if (distiller.compares === 'outputs') return term as LossTerm
  return { ...term, taps: tapsOf(taps, student, teacher) } as LossTerm
}

/** Everything that the stages of a recipe need and that must be freed after training. */
export interface TrainableStages {
  readonly stages: readonly StageOptions[]
  dispose(): void
}

/** The parts that determine a stage's model, as text. */
function describeParts(located: LocatedRecipe, index: number): string {
  const parts = Object.entries(partsOf(located, index)).map(([kind, part]) => [kind, part && [part.plugin.name, part.options]])
  return JSON.stringify(parts)
}

/** Checks that the weights in a stage's selectors belong to its model. */
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
 * The stages of a recipe, ready for `trainStages` except for the caches of teachers. Composes every stage once, so that a mistake
 * in the last stage is found before the first one trains.
 * @throws RecipeError with the location of the first mistake; RunError, FileError and ModelFormatError on a teacher that cannot
 *   be read.
 */
export async function trainableStages(located: LocatedRecipe, shape: DatasetShape): Promise<TrainableStages> {
  const { recipe, registry, locationOf } = located
  const ready: StageOptions[] = []
  let previous: { readonly model: ComposedModel; readonly parts: string } | undefined
  const known = new Map<string, TapNames>()
  const opened: OpenedTeacher[] = []
  const dispose = (): void => {
    for (const teacher of opened) teacher.dispose()
  }
  try {
    for (const [index, { losses, teacher: written, dataset: _, ...stage }] of stagesOf(recipe).entries()) {
      // Stages that differ only in their rates share one model, because composing a large one takes seconds.
      const parts = describeParts(located, index)
      const model = previous?.parts === parts ? previous.model : await composeStage(located, index, shape)
      if (model !== previous?.model) previous?.model.model.dispose()
      previous = { model, parts }
      checkStageSelectors(located, index, model)
      const student = tapNamesOf(model)
      const place = placeOf(recipe, index)
      const named = written === undefined ? undefined : locate(locationOf(`${place}.teacher`), () => namedTeacher(written))
      let teacher: TapNames | undefined
      let reference: StageOptions['teacher']
      if (named?.kind === 'stage') {
        reference = named.value
        teacher = known.get(named.value === 'previous' ? [...known.keys()].at(-1)! : named.value)
      } else if (named) {
        const outside = await locateAsync(locationOf(`${place}.teacher`), () => openTeacher(named, registry, shape))
        opened.push(outside)
        ;({ reference, names: teacher } = outside)
      }
      const terms = losses?.map((term, number) =>
        locate(locationOf(`${place}.losses[${number}]`), () => termOf(term, { student, teacher }, located)),
      )
      ready.push({ ...stage, losses: terms, ...(reference !== undefined && { teacher: reference }) } as StageOptions)
      known.set(stage.name, student)
    }
  } catch (error) {
    dispose()
    throw error
  } finally {
    previous?.model.model.dispose()
  }
  return { stages: ready, dispose }
}

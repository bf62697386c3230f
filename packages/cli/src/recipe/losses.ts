/** The losses of a recipe's stages as the trainer takes them: distillers by name, and the blocks at which they compare. */

import { type Configured, type Distiller, OptionError, type Registry } from '@onebit/core'
import type { ComposedModel } from '@onebit/layers'
import type { LossTerm, StageOptions, Tap } from '@onebit/train'
import type { DataShape } from '../datasets/dataset.ts'
import { locate } from '../errors.ts'
import { composeStage } from './compose.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import { placeOf, stagesOf } from './stages.ts'

/** As a recipe has them: `weight` and `taps` are of the term, everything else is the distiller's. */
interface WrittenTerm {
  readonly name: string
  readonly weight?: number
  /** Names of features, such as `stage2.block1`. Default: every block. */
  readonly taps?: readonly string[]
  readonly [option: string]: unknown
}

const OWN = ['cross-entropy', 'soft-labels']

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

/**
 * The stages of a recipe, ready for `trainStages`. Composes every stage once, so that a mistake in the last one is found before the
 * first one trains.
 * @throws RecipeError with the location of the first mistake.
 */
export async function trainableStages(registry: Registry, located: LocatedRecipe, shape: DataShape): Promise<StageOptions[]> {
  const { recipe, locationOf } = located
  const ready: StageOptions[] = []
  let teacher: ComposedModel | undefined
  for (const [index, { losses, ...stage }] of stagesOf(recipe).entries()) {
    const student = await composeStage(registry, located, index, shape)
    const terms = losses?.map((written, number): LossTerm => {
      const { name, weight, taps, ...options } = (typeof written === 'string' ? { name: written } : written) as WrittenTerm
      if (OWN.includes(name)) return { ...options, name, weight } as LossTerm
      return locate(locationOf(`${placeOf(recipe, index)}.losses[${number}]`), () => {
        if (!teacher || !stage.teacher) {
          const expected = `'teacher': 'previous' in a stage that has one before it`
          throw new OptionError({ what: `The loss '${name}' has no teacher to follow.`, expected })
        }
        const distiller = registry.resolve('distiller', { ...options, name }) as Configured<Distiller>
        const names = taps ?? blocksOf(student)
        return { distiller, taps: names.map((tap) => tapOf(tap, student, teacher!)), weight }
      })
    })
    ready.push({ ...stage, losses: terms } as StageOptions)
    teacher?.model.dispose()
    teacher = student
  }
  teacher?.model.dispose()
  return ready
}

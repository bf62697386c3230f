/** The stages of a recipe, one or several, with their names and settings. */
import type { CheckedRecipe, RecipeStage } from './recipe.ts'
import { RUN_RULES } from './recipe-rules.ts'

/** A stage with its name, and with defaults from `training`. */
export type NamedStage = RecipeStage & { readonly name: string }

/** The place of a stage in its recipe: `stages[1]`, or `training` for a single stage. */
export function placeOf({ stages }: CheckedRecipe, index: number): string {
  return stages ? `stages[${index}]` : 'training'
}

/** The place of a stage's setting: in the stage, or in `training` for all. @param path Its path. Absent: the whole stage. */
export function placeOfSetting(recipe: CheckedRecipe, index: number, path: string | undefined): string {
  const [key] = path?.split(/[.[]/) ?? []
  if (!key) return placeOf(recipe, index)
  return `${Object.hasOwn(recipe.stages?.[index] ?? {}, key) ? placeOf(recipe, index) : 'training'}.${path}`
}

/** The data set that a stage trains on. */
export function datasetOf({ dataset, stages }: CheckedRecipe, index: number): CheckedRecipe['dataset'] {
  const { dataset: own } = stages?.[index] ?? {}
  return own?.name === undefined ? { ...dataset, ...own } : (own as CheckedRecipe['dataset'])
}

export function stagesOf({ stages = [{}], training }: CheckedRecipe): NamedStage[] {
  const defaults = Object.fromEntries(Object.entries(training).filter(([key]) => !Object.hasOwn(RUN_RULES, key)))
  return stages.map((stage, index) => {
    const name = stage.name ?? (stages.length === 1 ? 'training' : `stage ${index + 1}`)
    return { ...defaults, ...stage, name }
  })
}

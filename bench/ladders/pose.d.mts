import type { Recipe, RecipeStage } from '@onebit/cli'

/** A stage whose teacher is the network of another rung. */
export interface RungStage extends Omit<RecipeStage, 'teacher'> {
  readonly epochs: number
  readonly teacher?: { readonly rung: string }
}

export interface Rung {
  readonly name: string
  readonly title: string
  /** Name of the rung that it is compared with. */
  readonly against?: string
  readonly recipe: Omit<Recipe, 'stages'> & { readonly stages: readonly RungStage[] }
}

export const rungs: readonly Rung[]

/** Ladders of bench/ladders: every rung's recipe is valid, and each comes after the rungs that it needs. */
import { checkPlan, defineRecipe, type Recipe } from '@onebit/cli'
import { describe, expect, it } from 'vitest'
import { type Rung, rungs } from '../bench/ladders/pose.mjs'

/** The recipe as a run gets it, with a folder in the place of the rung that teaches. */
const asRun = ({ stages, ...recipe }: Rung['recipe']): Recipe => ({
  ...recipe,
  stages: stages.map(({ teacher, ...stage }) => (teacher ? { ...stage, teacher: { run: `runs/${teacher.rung}` } } : stage)),
})

describe('the ladder of human pose', () => {
  it.each(rungs.map(({ name, recipe }) => [name, recipe] as const))('%s: a valid recipe', (_, recipe) => {
    checkPlan(defineRecipe(asRun(recipe)))
  })

  it('names each rung once, after its comparison and its teachers', () => {
    const names = rungs.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const [place, { against, recipe }] of rungs.entries()) {
      const needed = [against, ...recipe.stages.map(({ teacher }) => teacher?.rung)].filter((name) => name !== undefined)
      expect(names.slice(0, place)).toEqual(expect.arrayContaining(needed))
    }
  })

  it('shows every run the same number of pictures', () => {
    const seen = rungs.map(
      ({ recipe: { dataset, stages } }) => Number(dataset.train) * stages.reduce((sum, { epochs }) => sum + epochs, 0),
    )
    expect(new Set(seen).size).toBe(1)
  })
})

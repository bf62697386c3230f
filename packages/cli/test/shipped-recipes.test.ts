/** Built-in recipes: mini ones train a few steps in each stage, published ones compose at full size and state all sources. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DatasetShape, PEOPLE_FACTS } from '@onebit/data'
import { readRun } from '@onebit/train'
import { describe, expect, it } from 'vitest'
import { freezeRun } from '../src/commands/freeze.ts'
import { trainRun } from '../src/commands/train.ts'
import { RecipeError } from '../src/errors.ts'
import { checkPlan } from '../src/recipe/check-plan.ts'
import { recipePaths } from '../src/recipe/check-sources.ts'
import { trainableStages } from '../src/recipe/losses.ts'
import { defineRecipe, readRecipe } from '../src/recipe/read-recipe.ts'
import { Shell } from '../src/shell.ts'
import { listShippedRecipes, SHIPPED_RECIPES, shippedRecipe } from '../src/shipped-recipes.ts'
import { onebit, TINY_NETWORK, temporaryFolder } from './support.ts'

const folder = await temporaryFolder()
const silent = { write() {} }
const quiet = new Shell({ stdout: silent, stderr: silent })
const all = listShippedRecipes()
const namesOf = (scale: string): string[] => all.filter((recipe) => recipe.scale === scale).map(({ name }) => name)
const rawOf = async (name: string) => JSON.parse(await readFile(shippedRecipe(name)!, 'utf8'))

async function written(content: unknown, name = 'recipe.json'): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, JSON.stringify(content))
  return file
}

describe('recipes that ship', () => {
  it('are listed with their results and publications', async () => {
    const { code, stdout } = await onebit('recipe')
    expect(code).toBe(0)
    for (const { name, paper, reproduces } of all) {
      expect(stdout).toContain(name)
      expect(paper, name).toMatch(/arXiv \d{4}\.\d{5}$/)
      expect(reproduces.length, name).toBeGreaterThan(20)
    }
    const listed = JSON.parse((await onebit('recipe', '--json')).stdout)
    expect(listed).toEqual(all)
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(SHIPPED_RECIPES)
  })

  it('are printed as they are, with flags on top', async () => {
    const { code, stdout } = await onebit('recipe', 'bi-real', '--batch', '32', '--seed', '7')
    const { recipe } = await readRecipe('bi-real')
    const { dataset, training } = recipe
    const changed = { ...recipe, dataset: { ...dataset, batch: 32 }, training: { ...training, seed: 7 } }
    expect({ code, printed: JSON.parse(stdout) }).toEqual({ code: 0, printed: changed })
    const again = await readRecipe(await written(changed))
    expect(again.recipe).toEqual(changed)
    expect((await onebit('recipe', 'bireal')).stderr).toMatch(/'bireal' could not be read.*Did you mean 'bi-real'/s)
  })
})

describe('sources', () => {
  const recipe = {
    dataset: { name: 'fashion-mnist' },
    model: { network: TINY_NETWORK, block: 'bi-real' },
    stages: [{ epochs: 1, learningRate: 0.1 }],
  }

  it.each([
    [{ 'stages[0].learningRate': 'section 4', model: 'section 3' }, undefined],
    [{ 'stages[0].learningrate': 'section 4' }, /Did you mean 'stages\[0\].learningRate'/],
    [{ 'training.epochs': 'section 4' }, /which the recipe does not have/],
    [{ 'stages[0].epochs': '' }, /says nothing/],
    [['section 4'], /a record of texts by path/],
  ])('%j', async (sources, message) => {
    const read = readRecipe(await written({ ...recipe, sources }))
    if (!message) expect((await read).recipe.sources).toEqual(sources)
    else {
      await expect(read).rejects.toThrow(message)
      await expect(read).rejects.toThrow(RecipeError)
    }
  })
})

describe('mini recipes', () => {
  it.each(namesOf('mini'))('%s trains a few steps in each stage, and freezes', { timeout: 120_000 }, async (name) => {
    const { model, training, stages, ...raw } = await rawOf(name)
    const small = (part: { epochs?: number; warmUp?: number }) => ({ ...part, ...(part.epochs && { epochs: 1 }), warmUp: 0 })
    const shrunk = {
      ...raw,
      dataset: { ...raw.dataset, split: 'embedded', limit: 16, batch: 8 },
      model: { ...model, network: TINY_NETWORK },
      training: small(training),
      ...(stages && { stages: stages.map(small) }),
    }
    const out = join(folder, name)
    await trainRun({ recipe: defineRecipe(shrunk), out, engine: 'wasm' }, quiet)
    const run = await readRun(out)
    expect(run.stages).toHaveLength(stages?.length ?? 1)
    expect(run.epochs).toHaveLength(stages?.length ?? 1)
    expect(run.epochs.every(({ loss }) => Number.isFinite(loss))).toBe(true)
    const { parameters } = await freezeRun({ run: out }, quiet)
    expect(parameters.binary > 0).toBe(name !== 'real-network')
  })
})

/** Parts of a recipe without a published source: its own names. */
const isName = (path: string): boolean => /^dataset\.name$|^stages\[\d+\]\.name$/.test(path)

const classified = (size: number, count: number): DatasetShape => ({
  input: [size, size, 3],
  facts: { classes: Array.from({ length: count }, (_, index) => `class ${index}`) },
})

/** Pictures and facts of the data sets, without reading them. */
const SHAPES: Readonly<Record<string, DatasetShape>> = {
  imagenet: classified(224, 1000),
  'cifar-10': classified(32, 10),
  'cifar-100': classified(32, 100),
  mpii: { input: [256, 256, 3], facts: PEOPLE_FACTS.mpii },
  'coco-keypoints': { input: [256, 192, 3], facts: PEOPLE_FACTS.coco },
}

describe('published recipes', () => {
  it.each(namesOf('published'))('%s states the source of every value', async (name) => {
    const raw = await rawOf(name)
    const paths = recipePaths(raw)
    const leaves = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`) || other.startsWith(`${path}[`)))
    const sourced = Object.keys(raw.sources)
    const covers = (source: string, path: string): boolean =>
      path === source || path.startsWith(`${source}.`) || path.startsWith(`${source}[`)
    expect(leaves.filter((path) => !isName(path) && !sourced.some((source) => covers(source, path)))).toEqual([])
  })

  it.each(namesOf('published'))('%s composes at full size, and its plan is valid', { timeout: 240_000 }, async (name) => {
    const located = await readRecipe(name)
    checkPlan(located)
    const { stages } = await trainableStages(located, SHAPES[located.recipe.dataset.name])
    expect(stages).toHaveLength(located.recipe.stages?.length ?? 1)
  })
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FileError, PluginNotFoundError } from '@onebit/core'
import { quantizedLayers } from '@onebit/layers'
import { describe, expect, it } from 'vitest'
import { RecipeError, UsageError } from '../src/errors.ts'
import { composeModel } from '../src/recipe/compose.ts'
import { readRecipe } from '../src/recipe/read-recipe.ts'
import { parseReference } from '../src/references.ts'
import { defaultRegistry } from '../src/registry.ts'
import { onebit, temporaryFolder } from './support.ts'

const folder = await temporaryFolder()
const valid = {
  dataset: { name: 'fashion-mnist' },
  model: { network: 'resnet-small', block: 'bi-real', activation: 'approx-sign', weight: 'magnitude-aware-sign' },
  training: { epochs: 2 },
}

async function write(content: unknown): Promise<string> {
  const file = join(folder, 'recipe.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

async function mistakeIn(content: unknown): Promise<RecipeError> {
  const error = await readRecipe(await write(content)).catch((caught) => caught)
  if (!RecipeError.isInstance(error)) throw new Error(`expected a RecipeError, got ${error}`)
  return error
}

describe('readRecipe', () => {
  it('fills in what is left out', async () => {
    const { recipe } = await readRecipe(await write(valid))
    expect(recipe.dataset).toEqual({ name: 'fashion-mnist', split: 'embedded', batch: 64 })
    expect(recipe.training).toEqual({ epochs: 2, seed: 0 })
    expect(recipe.model.task).toBe('classify')
  })

  it('needs no file', async () => {
    const { recipe } = await readRecipe(undefined)
    expect(recipe.model.network).toBe('resnet-small')
  })

  it('lets flags change a file, and says which flag was wrong', async () => {
    const file = await write(valid)
    const flag = { flag: '--epochs', path: ['training', 'epochs'] } as const
    expect((await readRecipe(file, [{ ...flag, value: 7 }])).recipe.training.epochs).toBe(7)
    const error = await readRecipe(file, [{ ...flag, value: 'many' }]).catch((caught) => caught)
    expect(RecipeError.isInstance(error) && error.location).toBe('--epochs')
  })

  it.each([
    ['a missing part', { ...valid, training: undefined }, 'training', /training/],
    ['a wrong type', { ...valid, training: { epochs: 'two' } }, 'training.epochs', /expected number/],
    ['a bad range', { ...valid, training: { epochs: 0 } }, 'training.epochs', />=1/],
    ['an unknown choice', { ...valid, training: { epochs: 1, schedule: 'square' } }, 'training.schedule', /constant/],
    ['an unknown key', { ...valid, model: { ...valid.model, activaton: 'x' } }, 'model.activaton', /Did you mean 'activation'/],
    ['a reference that is none', { ...valid, model: { ...valid.model, block: 3 } }, 'model.block', /expected a name/],
    ['no stage', { ...valid, stages: [] }, 'stages', />=1/],
  ])('refuses %s', async (_, content, path, message) => {
    const error = await mistakeIn(content)
    expect(error.location).toBe(`${join(folder, 'recipe.json')}, ${path}`)
    expect(error.message).toMatch(message)
  })

  it.each<[string, (text: string) => Buffer]>([
    ['UTF-8 with a byte order mark, as Windows editors write it', (text) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, as the > of PowerShell writes it', (text) => Buffer.from(`\uFEFF${text}\r\n`, 'utf16le')],
    ['UTF-16 in the other order of bytes', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ])('reads %s', async (_, encode) => {
    const path = join(folder, 'encoded.json')
    await writeFile(path, encode((await onebit('recipe', 'bi-real')).stdout))
    expect((await readRecipe(path)).recipe).toEqual((await readRecipe('bi-real')).recipe)
  })

  it('refuses what is no JSON, naming the place', async () => {
    const error = await mistakeIn('{ "dataset": ')
    expect(error.message).toMatch(/not valid JSON/)
  })

  it('says which file is missing', async () => {
    const error = await readRecipe(join(folder, 'missing.json')).catch((caught) => caught)
    expect(FileError.isInstance(error)).toBe(true)
    expect(error.message).toContain('missing.json')
  })
})

describe('composeModel', () => {
  const shape = { input: [28, 28, 1], classes: 10 } as const

  it.each([
    ['network', 'resnet-smal', `Did you mean 'resnet-small'?`],
    ['block', 'bi-rael', `Did you mean 'bi-real'?`],
    ['activation', 'aprox-sign', `Did you mean 'approx-sign'?`],
    ['weight', { name: 'ste-sign', clap: 1 }, `Did you mean 'clip'?`],
    ['activation', 'magnitude-aware-sign', 'does not quantize activations'],
  ])('says where an unusable %s stands', async (part, value, message) => {
    const located = await readRecipe(await write({ ...valid, model: { ...valid.model, [part]: value } }))
    const error = await composeModel(defaultRegistry(), located, shape).catch((caught) => caught)
    expect(RecipeError.isInstance(error) && error.location).toBe(`${join(folder, 'recipe.json')}, model.${part}`)
    expect(error.message).toContain(message)
  })

  it('leaves real what has no quantizer', async () => {
    const model = { ...valid.model, activation: 'none', weight: 'none' }
    const composed = await composeModel(defaultRegistry(), await readRecipe(await write({ ...valid, model })), shape)
    expect(quantizedLayers(composed).every((layer) => !layer.quantizer('weight') && !layer.quantizer('activation'))).toBe(true)
  })

  it('keeps the error of the part as the cause', async () => {
    const located = await readRecipe(await write({ ...valid, model: { ...valid.model, network: 'nothing' } }))
    const error = await composeModel(defaultRegistry(), located, shape).catch((caught) => caught)
    expect(PluginNotFoundError.isInstance(error.cause)).toBe(true)
  })
})

describe('parseReference', () => {
  it('reads a bare name', () => {
    expect(parseReference('ste-sign')).toBe('ste-sign')
  })

  it('reads options as numbers, truth values and text', () => {
    expect(parseReference('x:a=1.5,b=true,c=per-tensor')).toEqual({ name: 'x', a: 1.5, b: true, c: 'per-tensor' })
  })

  it('refuses an option without a value', () => {
    expect(() => parseReference('x:a')).toThrow(UsageError)
  })
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FileError, PluginNotFoundError } from '@onebit/core'
import { quantizedLayers } from '@onebit/layers'
import { describe, expect, it } from 'vitest'
import { RecipeError, UsageError } from '../src/errors.ts'
import { shapeOf } from '../src/open-graph.ts'
import { composeModel } from '../src/recipe/compose.ts'
import { readRecipe } from '../src/recipe/read-recipe.ts'
import { parseReference, splitReferences } from '../src/references.ts'
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
  it('fills in missing parts', async () => {
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
    ['a missing part', { ...valid, training: undefined }, 'training', /no 'training'/],
    ['a part that is not an object', { ...valid, model: 'resnet18' }, 'model', /is not an object/],
    ['an unknown part', { ...valid, modle: {} }, 'modle', /Did you mean 'model'/],
    ['a wrong type', { ...valid, training: { epochs: 'two' } }, 'training.epochs', /Expected an integer.*received "two"/],
    ['a bad range', { ...valid, training: { epochs: 0 } }, 'training.epochs', /at least 1/],
    [
      'a setting of no task',
      { ...valid, training: { epochs: 1, labelSmothing: 0.1 } },
      'training.labelSmothing',
      /'labelSmoothing'/,
    ],
    [
      'a setting of a stage out of range',
      { ...valid, training: { epochs: 1, labelSmoothing: 1 } },
      'training.labelSmoothing',
      /below 1/,
    ],
    ['an unknown task', { ...valid, model: { ...valid.model, task: 'clasify' } }, 'model.task', /Did you mean 'classify'/],
    [
      'another task than the data set has',
      { ...valid, model: { ...valid.model, task: 'segment' } },
      'model.task',
      /'segment'.*'classify'/s,
    ],
    [
      'an unknown optimizer',
      { ...valid, training: { epochs: 1, optimizer: 'adan' } },
      'training.optimizer',
      /Did you mean 'adam'/,
    ],
    [
      'an option of an inner optimizer',
      { ...valid, training: { epochs: 1, optimizer: { name: 'bop', rest: { name: 'adm' } } } },
      'training.optimizer.rest.name',
      /Did you mean 'adam'/,
    ],
    ['plugins that are no list', { ...valid, plugins: 'x' }, 'plugins', /list of at least one/],
    ['a plugin without a name', { ...valid, plugins: ['./x.mjs', 3] }, 'plugins[1]', /names of packages/],
    ['an unknown choice', { ...valid, training: { epochs: 1, schedule: 'square' } }, 'training.schedule', /constant/],
    ['an unknown key', { ...valid, model: { ...valid.model, activaton: 'x' } }, 'model.activaton', /Did you mean 'activation'/],
    ['a reference that is none', { ...valid, model: { ...valid.model, block: 3 } }, 'model.block', /the name of a block/],
    ['no stage', { ...valid, stages: [] }, 'stages', /at least one stage/],
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

  it('refuses invalid JSON, with the place', async () => {
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
  const compose = async (model: object) => {
    const located = await readRecipe(await write({ ...valid, model: { ...valid.model, ...model } }))
    return composeModel(located, await shapeOf(located))
  }

  it.each([
    ['network', 'resnet-smal', 'network', `Did you mean 'resnet-small'?`],
    ['block', 'bi-rael', 'block', `Did you mean 'bi-real'?`],
    ['activation', 'aprox-sign', 'activation', `Did you mean 'approx-sign'?`],
    ['weight', { name: 'ste-sign', clap: 1 }, 'weight.clap', `Did you mean 'clip'?`],
    ['weight', { name: 'ste-sing' }, 'weight.name', `Did you mean 'ste-sign'?`],
    ['activation', 'magnitude-aware-sign', 'activation', 'does not quantize activations'],
    ['head', { name: 'classification', clases: 3 }, 'head.clases', `Did you mean 'classes'?`],
  ])('gives the place of an unusable %s', async (part, value, place, message) => {
    const error = await compose({ [part]: value }).catch((caught) => caught)
    expect(RecipeError.isInstance(error) && error.location).toBe(`${join(folder, 'recipe.json')}, model.${place}`)
    expect(error.message).toContain(message)
  })

  it('accepts another head, whose options override those of the data', async () => {
    const composed = await compose({ head: { name: 'classification', classes: 7 } })
    expect(composed.outputs[0].shape).toEqual([null, 7])
  })

  it('leaves a side without a quantizer real', async () => {
    const composed = await compose({ activation: 'none', weight: 'none' })
    expect(quantizedLayers(composed).every((layer) => !layer.quantizer('weight') && !layer.quantizer('activation'))).toBe(true)
  })

  it('keeps the error of the part as the cause', async () => {
    const error = await compose({ network: 'nothing' }).catch((caught) => caught)
    expect(PluginNotFoundError.isInstance(error.cause)).toBe(true)
  })
})

describe('parseReference', () => {
  it('reads a bare name', () => {
    expect(parseReference('ste-sign')).toBe('ste-sign')
  })

  it('reads options as numbers, booleans and text', () => {
    expect(parseReference('x:a=1.5,b=true,c=per-tensor')).toEqual({ name: 'x', a: 1.5, b: true, c: 'per-tensor' })
  })

  it('refuses an option without a value', () => {
    expect(() => parseReference('x:a')).toThrow(UsageError)
  })
})

describe('splitReferences', () => {
  it('keeps options with their name', () => {
    expect(splitReferences('wasm:threads=2,stem=int8,reference,wasm')).toEqual(['wasm:threads=2,stem=int8', 'reference', 'wasm'])
  })
})

/** Data sets by name, on tiny files in the exact formats, from a recipe to a user's picture. */
import { mkdir, mkdtemp, readFile, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Reference, readModelFile } from '@onebit/core'
import { type DatasetPlugin, type LoadContext, Random } from '@onebit/data'
import { preparePicture, readPictureMetadata } from '@onebit/image'
import { readRun } from '@onebit/train'
import { build } from 'esbuild'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { evaluateFile } from '../src/commands/eval.ts'
import { freezeRun } from '../src/commands/freeze.ts'
import { runFile } from '../src/commands/run.ts'
import { summarize } from '../src/commands/summary.ts'
import { trainRun } from '../src/commands/train.ts'
import { RecipeError } from '../src/errors.ts'
import { datasetOfFile } from '../src/evaluate/dataset-of-file.ts'
import { readPictureFile } from '../src/picture.ts'
import { defineRecipe, readRecipe } from '../src/recipe/read-recipe.ts'
import { defaultRegistry } from '../src/registry.ts'
import { Shell } from '../src/shell.ts'
import { onebit, TINY_NETWORK, temporaryFolder } from './support.ts'

const folder = await temporaryFolder()
const silent = { write() {} }
const quiet = new Shell({ stdout: silent, stderr: silent })
const model = { network: TINY_NETWORK, block: 'bi-real' } as const
const training = { epochs: 1, seed: 1 }
const registry = defaultRegistry()

function load(reference: Reference, context: LoadContext = {}): ReturnType<DatasetPlugin['load']> {
  const { plugin, options } = registry.resolve('dataset', reference)
  return plugin.load(options, context)
}

let decodeWorker: URL

beforeAll(async () => {
  const outfile = join(folder, 'decode-worker.mjs')
  const entry = fileURLToPath(new URL('../../data/src/images/decode-worker.ts', import.meta.url))
  const conditions = ['@onebit/source']
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', conditions, outfile })
  decodeWorker = pathToFileURL(outfile)
})

/** Colored noise: red for the first class, blue for the second. */
async function photograph(path: string, label: number, random: Random): Promise<void> {
  const [height, width] = [20 + random.below(8), 24 + random.below(8)]
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i % 3 === 2 * label ? 200 : 30) + random.below(40))
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toFile(path)
}

/** Folders of both parts, each with one folder per class. */
async function photographs(parts: Record<string, number>, classes: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(folder, 'photographs-'))
  const random = new Random(5)
  for (const [part, count] of Object.entries(parts)) {
    for (const [label, name] of classes.entries()) {
      await mkdir(join(root, part, name), { recursive: true })
      for (let image = 0; image < count; image++) await photograph(join(root, part, name, `${image}.jpg`), label, random)
    }
  }
  return root
}

describe('image-folder', () => {
  it('goes from photographs to the label of a photograph', { timeout: 120_000 }, async () => {
    const root = await photographs({ train: 24, test: 6 }, ['fire', 'water'])
    await writeFile(join(root, 'train', 'fire', 'broken.jpg'), 'no image')
    const recipe = defineRecipe({
      dataset: { name: 'image-folder', folder: root, size: 16, batch: 8, workers: 1, badFiles: 'skip' },
      model,
      training: { epochs: 4, seed: 1, learningRate: 0.01 },
    })
    const out = join(root, 'run')
    const trained = await trainRun({ recipe, out, engine: 'wasm', decodeWorker }, quiet)
    expect(trained.test).toEqual({ accuracy: 1 })
    expect((await readRun(out)).facts).toEqual({ classes: ['fire', 'water'] })

    const { file } = await freezeRun({ run: out }, quiet)
    const { metadata } = await readModelFile(file)
    expect(JSON.parse(metadata.labels)).toEqual(['fire', 'water'])
    expect(readPictureMetadata(metadata)).toMatchObject({
      normalization: { mean: [0.485, 0.456, 0.406] },
      preparation: [{ type: 'center-crop', size: 16, shorterSide: 18 }],
    })
    const evaluation = await evaluateFile({ file, data: 'image-folder', folder: root, decodeWorker }, quiet)
    expect(evaluation).toMatchObject({ metrics: { accuracy: 1 }, count: 12 })
    // The file names the data set. Its location comes from a flag.
    await expect(evaluateFile({ file, decodeWorker }, quiet)).rejects.toThrow(/a file cannot choose a folder.*--data-folder/)
    expect(await evaluateFile({ file, folder: root, decodeWorker }, quiet)).toMatchObject({ data: basename(root), count: 12 })
    const moved = await photographs({ train: 1, test: 2 }, ['fire', 'water'])
    expect(await evaluateFile({ file, folder: moved, decodeWorker }, quiet)).toMatchObject({ count: 4 })

    const photo = join(root, 'sea.jpg')
    await photograph(photo, 1, new Random(99))
    const { code, stdout } = await onebit('run', file, photo)
    expect({ code, first: stdout.split(' ')[0] }).toEqual({ code: 0, first: 'water' })
    expect((await runFile({ file, image: photo, backend: 'reference' }, quiet)).rows[0].label).toBe('water')

    const other = await photographs({ test: 2, train: 2 }, ['earth', 'water'])
    const mistaken = evaluateFile({ file, data: 'image-folder', folder: other, decodeWorker }, quiet)
    await expect(mistaken).rejects.toThrow(/disagree on classes.*Expected "fire" as classes\[0\], received "earth"/)
  })

  it('stops at Ctrl-C inside an epoch, and continues with the same bits as an uninterrupted run', {
    timeout: 120_000,
  }, async () => {
    const root = await photographs({ train: 12, test: 2 }, ['fire', 'water'])
    const dataset = { name: 'image-folder', folder: root, size: 16, batch: 4, workers: 1 }
    const options = {
      recipe: defineRecipe({ dataset, model, training: { epochs: 2, seed: 1 } }),
      engine: 'wasm',
      decodeWorker,
    } as const
    const [whole, out] = [`${root}-whole`, `${root}-stopped`]
    await trainRun({ ...options, out: whole }, quiet)
    const controller = new AbortController()
    // After the lines of data and engine comes that of the first epoch.
    let lines = 0
    const stderr = { write: () => void (++lines === 3 && setTimeout(() => controller.abort(), 30)) }
    const shell = new Shell({ stdout: silent, stderr, signal: controller.signal })
    expect((await trainRun({ ...options, out }, shell)).interrupted).toBe(true)
    await trainRun({ ...options, out, resume: true }, quiet)
    expect(await readFile(join(out, 'weights.bin'))).toEqual(await readFile(join(whole, 'weights.bin')))
  })

  it('prepares a photograph like evaluation, bit for bit', async () => {
    const root = await photographs({ train: 2, test: 1 }, ['fire', 'water'])
    const data = await load({ name: 'image-folder', folder: root, size: 16, workers: 1 }, { decodeWorker })
    if (!('epoch' in data.test)) throw new Error('expected a stream')
    for await (const batch of data.test.epoch()) {
      const picture = await readPictureFile(join(root, 'test', 'fire', '0.jpg'))
      const { normalization } = data.test
      const { values } = preparePicture(picture, [{ type: 'center-crop', size: 16, shorterSide: 18 }], {
        input: [16, 16, 3],
        normalization: normalization as never,
      })
      expect(values).toEqual(batch.images.slice(0, 16 * 16 * 3))
    }
  })

  it('holds out images if there is no second folder, and finds the classes without reading an image', async () => {
    const root = await photographs({ '.': 10 }, ['a', 'b', 'c'])
    const data = await load({ name: 'image-folder', folder: root, holdOut: 5, size: 16 }, { decodeWorker })
    expect(data.images).toEqual({ train: 24, validation: 0, test: 6 })
    const limited = await load({ name: 'image-folder', folder: root, limit: 6, size: 16 }, { decodeWorker })
    expect(limited.images).toEqual({ train: 6, validation: 0, test: 3 })
    const parted = await load({ name: 'image-folder', folder: root, holdOut: 5, size: 16, validation: 0.25 }, { decodeWorker })
    expect(parted.images).toEqual({ train: 18, validation: 6, test: 6 })
    const file = join(root, 'recipe.json')
    await writeFile(file, JSON.stringify({ dataset: { name: 'image-folder', folder: root, size: 32 }, model, training }))
    const { inputs, layers } = await summarize({ source: file })
    expect([inputs[0].shape, layers.at(-1)!.outputShape]).toEqual([[32, 32, 3], [3]])
  })
})

describe('the layout of a folder is detected, and unused folders are reported', () => {
  const loadFolder = (folder: string) => load({ name: 'image-folder', folder, size: 16 }, { decodeWorker })

  it.each([
    ['Training', 'Testing'],
    ['train', 'valid'],
    ['train', 'Test'],
  ])('%s and %s', async (train, test) => {
    const root = await photographs({ [train]: 3, [test]: 2 }, ['cats', 'dogs'])
    await writeFile(join(root, train, 'cats', 'a.heic'), '')
    await writeFile(join(root, 'readme.md'), '')
    const data = await loadFolder(root)
    expect(data).toMatchObject({ facts: { classes: ['cats', 'dogs'] }, images: { train: 6, test: 4 } })
    expect(data.notes).toEqual([
      expect.stringMatching(/readme.md' is not used. It is beside the parts/),
      expect.stringMatching(/a.heic' is not used. HEIC pictures/),
    ])
  })

  it('each part in a further folder of its name, and pictures to predict', async () => {
    const root = await photographs({ 'seg_train/seg_train': 3, 'seg_test/seg_test': 2 }, ['cats', 'dogs'])
    await mkdir(join(root, 'seg_pred', 'seg_pred'), { recursive: true })
    await photograph(join(root, 'seg_pred', 'seg_pred', '0.jpg'), 0, new Random(1))
    const data = await loadFolder(root)
    expect(data).toMatchObject({ facts: { classes: ['cats', 'dogs'] }, images: { train: 6, test: 4 } })
    expect(data.notes).toEqual([
      expect.stringMatching(/The classes are in '.*seg_train.seg_train' and '.*seg_test.seg_test'\./),
      expect.stringMatching(/seg_pred' is not used\. It is beside the parts, with 1 picture\./),
    ])
    const parts = { train: join(root, 'seg_train'), test: join(root, 'seg_test') }
    expect(await load({ name: 'image-folder', ...parts, size: 16 }, { decodeWorker })).toMatchObject({
      images: { train: 6, test: 4 },
    })
  })

  it('classes in a folder of the folder', async () => {
    const root = await photographs({ 'pets/animals': 4 }, ['cats', 'dogs'])
    const data = await loadFolder(root)
    expect(data).toMatchObject({ facts: { classes: ['cats', 'dogs'] }, images: { train: 6, test: 2 } })
    expect(data.notes![0]).toMatch(/The classes are in '.*pets.animals'\./)
  })

  it('classes with few pictures give one each, with a message', async () => {
    const root = await photographs({ '.': 3 }, ['cats', 'dogs'])
    await mkdir(join(root, 'emus'))
    await photograph(join(root, 'emus', '0.jpg'), 0, new Random(1))
    const data = await loadFolder(root)
    expect(data.images).toEqual({ train: 5, validation: 0, test: 2 })
    expect(data.notes).toEqual([
      'There is no folder of test pictures: 2 of 7 are held out, one in 10 of each class.',
      'Classes with few pictures give one each: cats, dogs. Their accuracy is not reliable.',
      'Classes with one picture have no test picture: emus.',
    ])
    const out = join(folder, 'few')
    const argv = ['--data', 'image-folder', '--data-folder', root, '--size', '16', '--batch', '2', '--epochs', '1', '--out', out]
    const { stderr } = await onebit('train', ...argv, '--network', 'resnet-small:width=8,stages=2')
    expect(stderr).toMatch(/data +Classes with few pictures give one each: cats, dogs/)
  })

  it('one picture per class is too few, with a message', async () => {
    const root = await photographs({ '.': 1 }, ['cats', 'dogs'])
    await expect(loadFolder(root)).rejects.toThrow(/No picture of .* can be held out.*at least one class with two pictures/)
  })
})

describe('imagenet', () => {
  it('uses synsets as classes', { timeout: 60_000 }, async () => {
    const root = await photographs({ train: 8, val: 4 }, ['n01440764', 'n01443537'])
    await writeFile(join(root, 'LOC_synset_mapping.txt'), 'n01440764 tench, Tinca tinca\nn01443537 goldfish, Carassius auratus\n')
    const dataset = { name: 'imagenet', folder: root, size: 32, batch: 8, workers: 1 }
    const recipe = defineRecipe({ dataset, model, training })
    const out = join(root, 'run')
    await trainRun({ recipe, out, engine: 'wasm', decodeWorker }, quiet)
    expect((await readRun(out)).facts).toEqual({ classes: ['tench, Tinca tinca', 'goldfish, Carassius auratus'] })
    const { file } = await freezeRun({ run: out }, quiet)
    expect(await evaluateFile({ file, folder: root, decodeWorker }, quiet)).toMatchObject({ data: 'ImageNet', count: 8 })
  })

  it('says how to get it', async () => {
    const recipe = defineRecipe({ dataset: { name: 'imagenet', folder: join(folder, 'none') }, model, training })
    const failing = trainRun({ recipe, out: join(folder, 'never'), engine: 'wasm' }, quiet)
    await expect(failing).rejects.toThrow(/register at https:\/\/image-net.org/)
  })
})

/** Whole files of CIFAR's binary version: black pictures, in sparse files. */
async function blackCifar(
  name: string,
  files: Record<string, number>,
  names: Record<string, readonly string[]>,
): Promise<string> {
  const root = await mkdtemp(join(folder, 'cifar-'))
  const below = join(root, name)
  await mkdir(below)
  for (const [file, bytes] of Object.entries(files)) {
    await writeFile(join(below, file), '')
    await truncate(join(below, file), bytes)
  }
  for (const [file, lines] of Object.entries(names)) await writeFile(join(below, file), `${lines.join('\n')}\n`)
  return root
}

describe('cifar', () => {
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `class ${index}`)

  it('10: trains from a folder, with crop and flip by default', { timeout: 60_000 }, async () => {
    const parts = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch']
    const files = Object.fromEntries(parts.map((part) => [`${part}.bin`, 10_000 * 3073]))
    const root = await blackCifar('cifar-10-batches-bin', files, { 'batches.meta.txt': numbered(10) })
    const dataset = { name: 'cifar-10', folder: root, limit: 32, batch: 16, download: false }
    const out = join(root, 'run')
    const trained = await trainRun({ recipe: defineRecipe({ dataset, model, training }), out, engine: 'wasm' }, quiet)
    expect(trained.epochs.map(({ loss }) => Number.isFinite(loss))).toEqual([true])
    const run = await readRun(out)
    expect(run).toMatchObject({ data: 'CIFAR-10', normalization: { mean: [0.4914, 0.4822, 0.4465] } })
    expect(run.fingerprint).toMatchObject({
      data: { train: { augment: [{ type: 'random-crop' }, { type: 'horizontal-flip' }] } },
    })

    const plain = await load({ name: 'cifar-10', folder: root, limit: 8, augment: [], download: false })
    expect(plain).toMatchObject({ train: { count: 8, shape: [32, 32, 3] }, images: { train: 8, validation: 0, test: 8 } })
  })

  it('100: fine or coarse', async () => {
    const files = { 'train.bin': 50_000 * 3074, 'test.bin': 10_000 * 3074 }
    const names = { 'fine_label_names.txt': numbered(100), 'coarse_label_names.txt': numbered(20) }
    const root = await blackCifar('cifar-100-binary', files, names)
    const classes = async (labels: string): Promise<number> => {
      const { facts } = await load({ name: 'cifar-100', folder: root, limit: 4, labels })
      return (facts.classes as readonly string[]).length
    }
    expect([await classes('fine'), await classes('coarse')]).toEqual([100, 20])
  })

  it('is not downloaded without permission', async () => {
    const loading = load({ name: 'cifar-10', folder: join(folder, 'none'), download: false })
    await expect(loading).rejects.toThrow(/CIFAR-10 is not on this machine/)
  })
})

describe('the data set of a file', () => {
  const recipe = (dataset: object): string => JSON.stringify({ dataset })

  const of = (metadata: Record<string, string>) => {
    const found = datasetOfFile(metadata, registry)
    return found && { name: found.plugin.name, options: found.options }
  }

  it('is that of its recipe, without options of training, locations and permissions', () => {
    const trained = recipe({
      name: 'cifar-100',
      labels: 'coarse',
      batch: 8,
      limit: 64,
      augment: [],
      folder: '/etc',
      download: true,
    })
    expect(of({ recipe: trained, dataset: 'CIFAR-100' })).toEqual({ name: 'cifar-100', options: { labels: 'coarse' } })
    const photographs = recipe({ name: 'image-folder', folder: '/', train: '/home', test: '/root', holdOut: 3 })
    expect(of({ recipe: photographs })).toEqual({ name: 'image-folder', options: { holdOut: 3 } })
  })

  it('is found by its name if a program wrote the recipe, or if there is none', () => {
    const named = { name: 'fashion-mnist', options: {} }
    expect(of({ dataset: 'Fashion-MNIST' })).toEqual(named)
    for (const other of ['{', 'null', '[]', '"text"', recipe({ name: 'mine' }), recipe([])])
      expect(of({ recipe: other, dataset: 'Fashion-MNIST' })).toEqual(named)
  })

  it('is unknown for a program with its own data, and for a file without metadata', () => {
    expect(of({ dataset: 'pets' })).toBeUndefined()
    expect(of({})).toBeUndefined()
  })
})

describe('mistakes', () => {
  const dataset = (more: object) => ({ dataset: { name: 'image-folder', folder: 'x', ...more }, model, training })

  it.each([
    ['an unknown data set', { name: 'cifar10' }, 'dataset.name', /no dataset named 'cifar10'. Did you mean 'cifar-10'/],
    ['a key of another data set', { split: 'full' }, 'dataset.split', /no option 'split'.*folder.*size/s],
    ['a bad size', { size: 0 }, 'dataset.size', /at least 1/],
    [
      'an unknown augmentation',
      { augment: [{ type: 'flip' }] },
      'dataset.augment[0].type',
      /no augmentation named 'flip'.*horizontal-flip/,
    ],
    [
      'an unknown option of an augmentation',
      { augment: [{ type: 'random-crop', size: 8, pading: 4 }] },
      'dataset.augment[0].pading',
      /Did you mean 'padding'/,
    ],
    [
      'a crop that does not fit',
      { augment: [{ type: 'center-crop', size: 8, shorterSide: 7 }] },
      'dataset.augment[0]',
      /shorter side of at least 8/,
    ],
    ['a normalization that is none', { normalization: { mean: 0 } }, 'dataset.normalization.standardDeviation', /above 0/],
  ])('%s is refused with its place', async (_, change, path, message) => {
    const file = join(folder, 'recipe.json')
    await writeFile(file, JSON.stringify(dataset(change)))
    const error: unknown = await readRecipe(file).catch((caught) => caught)
    if (!RecipeError.isInstance(error)) throw new Error(`expected a RecipeError, got ${error}`)
    expect(error.message).toMatch(message)
    expect(error.location).toBe(`${file}, ${path}`)
  })

  it('a missing or unnamed folder is refused with its place', async () => {
    const missing = await onebit('train', '--data', 'image-folder', '--data-folder', join(folder, 'missing'))
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/FileError.*missing/) })
    const unnamed = await onebit('train', '--data', 'image-folder')
    expect(unnamed.stderr).toMatch(/'image-folder' has no folder.*--data-folder/s)
    const flag = await onebit('train', '--data', 'cifar-10', '--split', 'full')
    expect(flag.stderr).toMatch(/no option 'split'.*\n {2}at --split/s)
    const inName = await onebit('train', '--data', 'cifar-10:split=full')
    expect(inName.stderr).toMatch(/no option 'split'.*\n {2}at --data/s)
  })

  it.each(['16385', '100000', '1000000000'])('pictures of side %s are refused', async (size) => {
    const root = await photographs({ '.': 2 }, ['a', 'b'])
    const { code, stderr } = await onebit('train', '--data', 'image-folder', '--data-folder', root, '--size', size)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`from 1 to 16384, received ${size}`) })
  })

  it('test images whose classes differ from the training images are refused', async () => {
    const root = await photographs({ train: 2 }, ['a', 'b'])
    await mkdir(join(root, 'test', 'a'), { recursive: true })
    await writeFile(join(root, 'test', 'a', '0.jpg'), await readFile(join(root, 'train', 'a', '0.jpg')))
    await expect(load({ name: 'image-folder', folder: root })).rejects.toThrow(/Add images of 'b'/)
  })
})

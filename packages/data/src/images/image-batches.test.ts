import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as url from 'node:url'
import { FileError, OptionError, PluginNotFoundError } from '@onebit/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildWorker } from '../../test/built-worker.ts'
import { plain, plainJpeg, sharpPath } from '../../test/sharp.ts'
import type { Augmentation } from '../augment/augmentation.ts'
import type { Batch } from '../batch-source.ts'
import { batches } from '../batches.ts'
import { DataError } from '../data-error.ts'
import { type ImageBatchesOptions, imageBatches } from './image-batches.ts'
import { imageFolder, type LabeledFiles } from './image-folder.ts'
import { imageNet } from './image-net.ts'

const COUNT = 14
let folder: string
let worker: URL
let images: LabeledFiles

/** Files 0 to 13 in two classes. Their gray is 10 times their number, and there are two sizes. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-batches-'))
  worker = await buildWorker(folder)
  for (let index = 0; index < COUNT; index++) {
    const below = join(folder, 'images', index < 8 ? 'first' : 'second')
    await mkdir(below, { recursive: true })
    const gray = 10 * index
    await writeFile(join(below, `${String.fromCharCode(97 + index)}.jpg`), await plainJpeg(20 + index, 24, [gray, gray, gray]))
  }
  images = await imageFolder(join(folder, 'images'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Threads of this process beside the main one; the test runner has no threads of its own. */
const threads = (): number =>
  (process as unknown as { _getActiveHandles(): { constructor: { name: string } }[] })
    ._getActiveHandles()
    .filter((handle) => handle.constructor.name === 'MessagePort' || handle.constructor.name === 'Worker').length

const identity = { mean: 0, standardDeviation: 1 / 255 }
const stream = (options: Partial<ImageBatchesOptions> = {}, files = images) =>
  imageBatches(files, { batchSize: 4, size: 8, normalization: identity, workers: 1, sharp: sharpPath, worker, ...options })

async function collect(source: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = []
  for await (const batch of source) all.push(batch)
  return all
}
/** The number of each image by its gray. */
const numbers = (all: Batch[]): number[][] =>
  all.map(({ images, count }) => Array.from({ length: count }, (_, row) => Math.round(images[row * 8 * 8 * 3] / 10)))

async function failure(promise: Promise<unknown>, type: typeof DataError | typeof FileError | typeof OptionError) {
  const error = await promise.then(
    () => expect.fail('should not arrive'),
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(type)
  return error
}

async function withFile(name: string, bytes: Uint8Array): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, bytes)
  return file
}

/** The files, with more files after the first one. */
const withFiles = (...files: string[]): LabeledFiles => ({
  ...images,
  files: images.files.toSpliced(1, 0, ...files),
  annotations: Int32Array.from([...images.annotations].toSpliced(1, 0, ...files.map(() => 0))),
})

const steps: Augmentation[] = [
  { type: 'random-resized-crop', size: 8 },
  { type: 'horizontal-flip' },
  { type: 'color-jitter', brightness: 0.5 },
  { type: 'rotation', degrees: 20 },
]

describe('imageBatches', () => {
  test('in order without shuffling, with their labels', async () => {
    const source = stream({ shuffle: false })
    expect(source).toMatchObject({ count: 4, shape: [8, 8, 3] })
    const all = await collect(source)
    expect(numbers(all)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9, 10, 11],
      [12, 13],
    ])
    expect(all.map(({ annotations }) => [...annotations])).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [1, 1, 1, 1],
      [1, 1],
    ])
    expect(all[3].images).toHaveLength(2 * 8 * 8 * 3)
    expect(await collect(stream({ shuffle: false, dropLast: true }))).toHaveLength(3)
  })

  test('the same batches for a seed whatever the number of workers and the prefetch', async () => {
    const [one, two, three] = await Promise.all([
      collect(stream({ augment: steps, seed: 5, workers: 1 })),
      collect(stream({ augment: steps, seed: 5, workers: 2, prefetch: 1 })),
      collect(stream({ augment: steps, seed: 5, workers: 3, prefetch: 4 })),
    ])
    expect(two).toEqual(one)
    expect(three).toEqual(one)
    expect(await collect(stream({ augment: steps, seed: 6 }))).not.toEqual(one)
  })

  test('each epoch anew; resumes inside one from the state before it', async () => {
    const source = stream({ augment: steps, seed: 3 })
    const first = await collect(source)
    const state = source.random.state
    const second = await collect(source)
    expect(second).not.toEqual(first)
    const resumed = stream({ augment: steps, seed: 0 })
    resumed.random.state = state
    expect(await collect(resumed.epoch(2))).toEqual(second.slice(2))
    expect(await collect(source.epoch(4))).toEqual([])
  })

  test('the contract of batches in memory', async () => {
    const set = batches(
      { images: new Uint8Array(12), annotations: new Uint8Array(1), count: 1, shape: [2, 2, 3], normalization: identity },
      { batchSize: 1 },
    )
    for (const source of [stream(), set]) {
      let count = 0
      for await (const batch of source.epoch()) {
        expect(batch.images).toHaveLength(batch.count * source.shape.reduce((product, size) => product * size, 1))
        count++
      }
      expect(count).toBe(source.count)
    }
  })

  test('normalizes as ImageNet unless told otherwise, and gives one channel', async () => {
    const [batch] = await collect(stream({ shuffle: false, normalization: undefined, batchSize: 2 }))
    const expected = [0, 1, 2].map((channel) => -[0.485, 0.456, 0.406][channel] / [0.229, 0.224, 0.225][channel])
    for (const [channel, value] of expected.entries()) expect(batch.images[channel]).toBeCloseTo(value, 5)
    const [gray] = await collect(stream({ shuffle: false, channels: 1, batchSize: 2 }))
    expect(gray.images).toHaveLength(2 * 8 * 8)
    expect(gray.images[64]).toBeCloseTo(10, 5)
  })

  test('bad files: an error at the first, or reported skips', async () => {
    const bad = [
      await withFile('zero.jpg', new Uint8Array()),
      await withFile('text.jpg', Buffer.from('no image')),
      await withFile('cut.jpg', (await plainJpeg(64, 64, [200, 0, 0])).subarray(0, -30)),
    ]
    for (const [index, reason] of ['empty', 'decode', 'decode'].entries()) {
      const error = await failure(collect(stream({ shuffle: false, workers: 2 }, withFiles(bad[index]))), DataError)
      expect(error).toMatchObject({ reason, file: bad[index] })
      expect(error.message).toContain(bad[index])
    }
    const source = stream({ shuffle: false, badFiles: 'skip', workers: 2 }, withFiles(...bad))
    expect(numbers(await collect(source))).toEqual([[0], [1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13]])
    expect(source.skipped.map(({ file, reason }) => [file, reason])).toEqual([
      [bad[0], 'empty'],
      [bad[1], 'decode'],
      [bad[2], 'decode'],
    ])
    for (const { file, message } of source.skipped) expect(message).toContain(file)
    expect(threads()).toBe(0)
  })

  test.each([
    ['the input alone', undefined],
    ['a center crop', [{ type: 'center-crop', size: 8, shorterSide: 10 }]],
    ['a random crop', [{ type: 'random-resized-crop', size: 8 }]],
    ['a resize', [{ type: 'resize', size: 8 }]],
  ] as const)('pictures of odd shapes are pictures as others: %s', async (_, augment) => {
    const odd = await Promise.all(
      [
        [6000, 1],
        [1, 40_000],
        [40_000, 1],
        [16_000, 2],
        [1, 1],
      ].map(async ([width, height]) =>
        withFile(`${width}x${height}.png`, await plain(height, width, [70, 70, 70]).png().toBuffer()),
      ),
    )
    for (const badFiles of ['throw', 'skip'] as const) {
      const source = stream(
        { shuffle: false, badFiles, batchSize: 5, ...(augment && { augment: [...augment] }) },
        withFiles(...odd),
      )
      const [first, second] = await collect(source)
      expect(source.skipped).toEqual([])
      expect(first.count + second.count).toBe(10)
      // The fill of a resize is 0, beside a line of gray.
      for (const value of first.images.subarray(8 * 8 * 3)) expect(value).toBeLessThanOrEqual(70.5)
    }
  })

  test('a batch of bad files only is left out', async () => {
    const files = { ...images, files: images.files.map((file, index) => (index >> 2 === 1 ? join(folder, 'missing.jpg') : file)) }
    const source = stream({ shuffle: false, badFiles: 'skip' }, files)
    const all = await collect(source)
    expect(numbers(all).map((row) => row[0])).toEqual([0, 8, 12])
    expect(all.map(({ index }) => index)).toEqual([0, 2, 3])
    expect(source.skipped).toHaveLength(4)
    await failure(collect(stream({}, files)), FileError)
  })

  test('gray and CMYK files are converted', async () => {
    const cmyk = await plain(30, 30, [200, 200, 200]).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
    const gray = await plain(30, 30, [200, 200, 200]).toColourspace('b-w').jpeg({ quality: 100 }).toBuffer()
    await writeFile(join(folder, 'cmyk.jpg'), cmyk)
    await writeFile(join(folder, 'gray.jpg'), gray)
    const files = { ...images, files: [join(folder, 'cmyk.jpg'), join(folder, 'gray.jpg')], annotations: Int32Array.of(1, 0) }
    const [batch] = await collect(stream({ shuffle: false }, files))
    // JPEG and the conversion from CMYK are off by some levels.
    for (const value of batch.images) expect(Math.abs(value - 200)).toBeLessThanOrEqual(15)
  })

  test('an ImageNet folder with all that goes wrong in one: what can be read is, the rest is counted', async () => {
    const directory = join(folder, 'imagenet')
    const train = join(directory, 'train', 'n01440764')
    await mkdir(train, { recursive: true })
    const color = [200, 200, 200]
    const files: Record<string, Uint8Array> = {
      'a-color.JPEG': await plainJpeg(30, 30, color),
      'b-gray.JPEG': await plain(30, 30, color).toColourspace('b-w').jpeg({ quality: 100 }).toBuffer(),
      'c-cmyk.JPEG': await plain(30, 30, color).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(),
      'd-really-png.JPEG': await plain(30, 30, color).png().toBuffer(),
      'e-truncated.JPEG': (await plainJpeg(64, 64, color)).subarray(0, -30),
      'f-zero.JPEG': new Uint8Array(),
      'g-page.JPEG': Buffer.from('<html>404</html>'),
      'h-list.txt': Buffer.from('no image'),
    }
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(train, name), bytes)
    await writeFile(join(directory, 'synset_words.txt'), 'n01440764 tench, Tinca tinca\n')
    const set = await imageNet({ directory })
    expect(set.ignored.map(({ file }) => file)).toEqual([join(train, 'h-list.txt')])
    const source = stream({ shuffle: false, batchSize: 7, badFiles: 'skip' }, set)
    const [batch] = await collect(source)
    expect(batch).toMatchObject({ count: 4, annotations: [0, 0, 0, 0] })
    for (const value of batch.images) expect(Math.abs(value - 200)).toBeLessThanOrEqual(15)
    expect(source.skipped.map(({ file, reason }) => [file.slice(train.length + 1), reason])).toEqual([
      ['e-truncated.JPEG', 'decode'],
      ['f-zero.JPEG', 'empty'],
      ['g-page.JPEG', 'decode'],
    ])
  })

  test('augmentations of other packages come from modules, and pictures say where their pixels went', async () => {
    const module = join(folder, 'plugins.mjs')
    // Cuts out the top left corner, `by` pixels from the border.
    await writeFile(
      module,
      `const cut = ({ data, width, channels }, by, size) => Uint8Array.from({ length: size * size * channels }, (_, index) => {
        const [row, column] = [Math.floor(index / channels / size) + by, (Math.floor(index / channels) % size) + by]
        return data[(row * width + column) * channels + (index % channels)]
      })
      const corner = {
        kind: 'augmentation',
        name: 'corner',
        options: { by: { default: 1, min: 0 } },
        size: () => 8,
        apply: (picture, { by }) => ({
          picture: { data: cut(picture, by, 8), width: 8, height: 8, channels: picture.channels },
          affine: [1, 0, -by, 0, 1, -by],
        }),
      }
      export default () => [[corner], { kind: 'quantizer', name: 'other', options: {} }]`,
    )
    const { default: bring } = await import(/* @vite-ignore */ url.pathToFileURL(module).href)
    const augment = [{ type: 'corner', by: 2 }] as unknown as Augmentation[]
    const options = { shuffle: false, augment, augmentations: bring().flat().slice(0, 1) }
    const [batch] = await collect(stream({ ...options, plugins: [url.pathToFileURL(module)] }))
    const [first] = batch.placements
    // The inverse of a shift has negative zeros.
    expect(first.toPicture.map((value) => value + 0)).toEqual([1, 0, 2, 0, 1, 2])
    expect(first.input).toEqual([8, 8])
    expect(first.picture[0]).toBeGreaterThan(8)
    const missing = stream({ ...options, plugins: ['file:///nowhere.mjs'] })
    expect((await failure(collect(missing), OptionError)).message).toContain(
      "'file:///nowhere.mjs' of plugins cannot be imported",
    )
  })

  test('augmentations that do not fit name the file', async () => {
    const cropped = stream({ augment: [{ type: 'random-crop', size: 100 }] })
    expect((await failure(collect(cropped), OptionError)).message).toContain(join(folder, 'images'))
    const other = stream({ augment: [{ type: 'center-crop', size: 9 }], badFiles: 'skip' })
    expect((await failure(collect(other), OptionError)).message).toContain('Expected 8x8x3')
  })
})

describe('the workers', () => {
  test('end with the epoch, and when it is broken off', async () => {
    await collect(stream())
    expect(threads()).toBe(0)
    const source = stream()
    for await (const _ of source) {
      expect(threads()).toBeGreaterThan(0)
      break
    }
    expect(threads()).toBe(0)
    await expect(collect(source)).resolves.toHaveLength(4)
  })

  test('end when disposed, whoever is waiting', async () => {
    const source = stream()
    const epoch = source.epoch()
    await epoch.next()
    await source.dispose()
    expect(threads()).toBe(0)
    expect(await failure(epoch.next(), DataError)).toMatchObject({ reason: 'aborted' })
    const waiting = source.epoch()
    const next = waiting.next()
    await Promise.all([failure(next, DataError), source.dispose()])
    expect(threads()).toBe(0)
  })

  test('end when aborted, even if nobody asks for the next batch', async () => {
    const controller = new AbortController()
    const epoch = stream({ signal: controller.signal }).epoch()
    await epoch.next()
    controller.abort()
    await vi.waitFor(() => expect(threads()).toBe(0))
    expect(await failure(epoch.next(), DataError)).toMatchObject({ reason: 'aborted' })
    expect(await failure(collect(stream({ signal: controller.signal })), DataError)).toMatchObject({ reason: 'aborted' })
  })

  test('are not given more than the prefetch allows', async () => {
    const log = join(folder, 'tasks.log')
    const script = join(folder, 'logging-worker.mjs')
    await writeFile(
      script,
      `import { appendFileSync } from 'node:fs'
      import { parentPort } from 'node:worker_threads'
      parentPort.on('message', (task) => {
        if (task === 'stop') return parentPort.close()
        appendFileSync(${JSON.stringify(log)}, task.place + '\\n')
        const image = { floats: new Float32Array(8 * 8 * 3), picture: [8, 8], affine: [1, 0, 0, 0, 1, 0] }
        parentPort.postMessage({ place: task.place, image })
      })`,
    )
    const asked = async (): Promise<number> => (await readFile(log, 'utf8')).trim().split('\n').length
    const epoch = stream({ worker: url.pathToFileURL(script), batchSize: 2, prefetch: 2 }).epoch()
    await epoch.next()
    await vi.waitFor(async () => expect(await asked()).toBe(6))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await asked()).toBe(6)
    await epoch.next()
    await vi.waitFor(async () => expect(await asked()).toBe(8))
    await epoch.return()
  })

  test('that break down are an error that names the file', async () => {
    const script = join(folder, 'breaking-worker.mjs')
    await writeFile(script, `import { parentPort } from 'node:worker_threads'\nparentPort.on('message', () => process.exit(3))`)
    const error = await failure(collect(stream({ worker: url.pathToFileURL(script), workers: 2 })), DataError)
    expect(error).toMatchObject({ reason: 'worker' })
    expect(images.files).toContain(error.file)
    expect(error.message).toContain(error.file)
    expect(error.message).toContain('code 3')
    const missing = stream({ worker: new URL('nothing.mjs', worker) })
    expect(await failure(collect(missing), DataError)).toMatchObject({ reason: 'worker' })
    expect(threads()).toBe(0)
  })

  test('say that sharp is missing', async () => {
    const source = stream({ sharp: join(folder, 'no-sharp.js'), badFiles: 'skip' })
    expect(await failure(collect(source), DataError)).toMatchObject({ reason: 'unsupported' })
    const builtins = vi.spyOn(process, 'getBuiltinModule')
    builtins.mockReturnValue(undefined)
    expect(() => stream({ sharp: undefined })).toThrow('only be read in Node')
    const createRequire = () => ({ resolve: () => expect.fail('Cannot find module') })
    const modules: Record<string, unknown> = { 'node:module': { createRequire }, 'node:url': url }
    builtins.mockImplementation(((name: string) => modules[name]) as typeof process.getBuiltinModule)
    expect(() => stream({ sharp: undefined })).toThrow('npm install sharp')
    builtins.mockRestore()
  })

  test('work from the built package', async (context) => {
    const built = new URL('../../dist/index.js', import.meta.url)
    if (!existsSync(built)) {
      if (process.env.ONEBIT_REQUIRE_OPTIONAL === '1') throw new Error('This test needs packages/data built: pnpm build.')
      context.skip('needs packages/data built: pnpm build')
    }
    const { execFileSync } = await import('node:child_process')
    const script = `
      import { imageBatches, imageFolder } from ${JSON.stringify(built.href)}
      const files = await imageFolder(${JSON.stringify(join(folder, 'images'))})
      const counts = []
      for await (const { count } of imageBatches(files, { batchSize: 4, size: 8, sharp: ${JSON.stringify(sharpPath)} })) counts.push(count)
      console.log(counts.join())`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(output.trim()).toBe('4,4,4,2')
  })
})

describe('options that cannot be used', () => {
  test.each([
    { batchSize: 0 },
    { size: 0 },
    { workers: 0 },
    { prefetch: 0 },
    { channels: 2 as 3 },
    { badFiles: 'ignore' as 'skip' },
    { seed: -1 },
    { normalization: { mean: [0, 0], standardDeviation: [1, 1] } },
    { augment: [{ type: 'center-crop', size: 0 }] as Augmentation[] },
  ])('%o', (options) => {
    expect(() => stream(options)).toThrow(OptionError)
  })

  test('an augmentation that nobody knows', () => {
    expect(() => stream({ augment: [{ type: 'sharpen' } as unknown as Augmentation] })).toThrow(PluginNotFoundError)
  })

  test('a first batch behind the end', () => {
    expect(() => stream().epoch(5)).toThrow(OptionError)
  })
})

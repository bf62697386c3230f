/**
 * One file gives one input. Training's test pictures, the data of `onebit eval`, `onebit run` and `imageClassifier`, in Node and
 * in Chromium, give the same floats, bit for bit. Chromium gets the pixels that sharp decoded, because decoders of JPEG differ.
 * For PNG files it also uses its own decoder.
 */
import { mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { imageClassifier, runtime } from '@onebit/classify/deployment'
import { GraphBuilder, load, reference, writeModel } from '@onebit/core'
import { type BatchSource, decodeImage, imageBatches, imageFolder } from '@onebit/data'
import { createPipeline, type DecodeFile, type Picture, type Preparation } from '@onebit/image'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserMissing, bundlePage, openPage, PAGE_HTML, type Site, serveSite, startBrowser } from '../../../test/page.ts'
import { chooseDataset } from '../src/evaluate/choose-dataset.ts'
import { readPictureFile } from '../src/picture.ts'
import { runtimeRegistry } from '../src/plugins/runtime-registry.ts'
import { temporaryFolder } from './support.ts'

const folder = await temporaryFolder()
const SIZE = 32
const preparation: Preparation = [{ type: 'center-crop', size: SIZE, shorterSide: Math.round((SIZE * 8) / 7) }]
const NORMALIZATIONS = {
  1: { mean: 0.28604, standardDeviation: 0.35302 },
  3: { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] },
} as const

/** A texture that shows aliasing if it is scaled differently: waves with noise. */
function texture(width: number, height: number, channels: 1 | 3 | 4, depth: 8 | 16 = 8): Sharp {
  let state = width * 31 + height * 7 + channels
  const pixels = Array.from({ length: width * height * channels }, (_, index) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    const [channel, x] = [index % channels, Math.floor(index / channels) % width]
    const wave = 100 + 60 * Math.sin(x / (2 + channel)) + ((state >>> 16) % 90)
    return Math.round(depth === 16 ? wave * 256 + ((state >>> 8) & 255) : wave)
  })
  const raw = { width, height, channels } as const
  if (depth === 8) return sharp(Uint8Array.from(pixels), { raw }).toColourspace(channels === 1 ? 'b-w' : 'srgb')
  return sharp(Uint16Array.from(pixels), { raw }).toColourspace(channels === 1 ? 'grey16' : 'rgb16')
}

/** The kinds of files that were once prepared in different ways. */
const FILES: Readonly<Record<string, () => Sharp>> = {
  'as-large-as-the-crop.png': () => texture(37, 37, 3).png(),
  'smaller.png': () => texture(20, 27, 3).png(),
  'smaller.jpg': () => texture(25, 18, 3).jpeg(),
  'gray.png': () => texture(90, 70, 1).png(),
  'gray.jpg': () => texture(90, 70, 1).jpeg(),
  'alpha.png': () => texture(80, 61, 4).png(),
  'sixteen-bits.png': () => texture(75, 64, 3, 16).png(),
  'sixteen-bits-alpha.png': () => texture(75, 64, 4, 16).png(),
  'sixteen-bits-gray.png': () => texture(75, 64, 1, 16).png(),
  'upright.jpg': () => texture(120, 80, 3).jpeg().withMetadata({ orientation: 6 }),
  'mirrored.jpg': () => texture(120, 80, 3).jpeg().withMetadata({ orientation: 7 }),
  'reduced-six-times.png': () => texture(300, 225, 3).png(),
  'reduced-twenty-times.jpg': () => texture(1000, 750, 3).jpeg(),
  'long.png': () => texture(1500, 9, 3).png(),
}

function networkBytes(channels: 1 | 3, metadata: Record<string, string>): Uint8Array {
  const builder = new GraphBuilder()
  const image = builder.input('image', [SIZE, SIZE, channels])
  builder.output('scores', builder.node('mean', { inputs: [image], attributes: { axes: [0, 1] } }))
  builder.metadata(metadata)
  return writeModel(builder.build())
}

const metadataOf = (channels: 1 | 3, steps?: Preparation): Record<string, string> => ({
  normalization: JSON.stringify(NORMALIZATIONS[channels]),
  ...(steps && { preparation: JSON.stringify(steps) }),
})

const PAGE = `
import { imageClassifier } from '@onebit/classify/deployment'
import { load, reference } from '@onebit/core'
window.prepare = async (model, address, pixels) => {
  const network = await load(model, { backend: reference })
  const response = await fetch(address)
  const source = pixels ? { ...pixels, data: new Uint8Array(await response.arrayBuffer()) } : await response.blob()
  const values = await imageClassifier(network).prepare(source)
  network.dispose()
  return Array.from(new Uint8Array(values.buffer))
}
`

const bytesOf = (floats: Float32Array): Buffer => Buffer.from(floats.slice().buffer)

/** Every file's floats, by name. */
async function inputsOf(source: BatchSource, names: readonly string[]): Promise<Record<string, Buffer>> {
  const result: Record<string, Buffer> = {}
  const size = source.shape.reduce((product, side) => product * side, 1)
  for await (const { images, count } of source.epoch()) {
    for (let row = 0; row < count; row++) {
      result[names[Object.keys(result).length]] = bytesOf(images.subarray(row * size, (row + 1) * size))
    }
  }
  return result
}

/** The code in the README of @onebit/classify. */
const decodeFile: DecodeFile = async (file) => {
  const { data, info } = await sharp(await file.arrayBuffer())
    .autoOrient()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

describe('one file, one input', () => {
  const names = Object.keys(FILES).sort()
  const decoded: Record<string, Picture> = {}
  let decodeWorker: URL

  beforeAll(async () => {
    for (const part of ['train', 'test']) {
      for (const label of ['first', 'second']) await mkdir(join(folder, part, label), { recursive: true })
      await texture(40, 40, 3)
        .png()
        .toFile(join(folder, part, 'second', 'other.png'))
    }
    for (const name of names) {
      const path = join(folder, 'test', 'first', name)
      await FILES[name]().toFile(path)
      decoded[name] = await decodeImage(sharp, path)
    }
    await texture(40, 40, 3)
      .png()
      .toFile(join(folder, 'train', 'first', 'other.png'))
    const outfile = join(folder, 'decode-worker.mjs')
    const entry = fileURLToPath(new URL('../../data/src/images/decode-worker.ts', import.meta.url))
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', conditions: ['@onebit/source'], outfile })
    decodeWorker = pathToFileURL(outfile)
  })

  const path = (name: string): string => join(folder, 'test', 'first', name)
  const withPreparation = async (name: string, channels: 1 | 3, steps?: Preparation): Promise<Buffer> =>
    bytesOf(
      (
        await createPipeline(
          await load(networkBytes(channels, metadataOf(channels, steps)), { backend: reference }),
          runtime,
        ).prepare(await readPictureFile(path(name)))
      ).values,
    )

  test('the files match their names', () => {
    expect(names.map((name) => decoded[name].channels)).toEqual(names.map((name) => (name.includes('alpha') ? 4 : 3)))
    expect(decoded['upright.jpg']).toMatchObject({ width: 80, height: 120 })
  })

  describe.each([3, 1] as const)('%i channels', (channels) => {
    const inNode: Record<string, Buffer> = {}

    beforeAll(async () => {
      for (const name of names) inNode[name] = await withPreparation(name, channels, preparation)
    })

    test('inputs differ from each other', () => {
      expect(new Set(names.map((name) => inNode[name].toString('base64'))).size).toBe(names.length)
    })

    test("training's test pictures", async () => {
      const files = await imageFolder(join(folder, 'test'))
      expect(files.files.slice(0, names.length).map((file) => basename(file))).toEqual(names)
      const normalization = {
        mean: [NORMALIZATIONS[channels].mean].flat(),
        standardDeviation: [NORMALIZATIONS[channels].standardDeviation].flat(),
      }
      const source = imageBatches(files, {
        batchSize: 4,
        size: SIZE,
        channels,
        shuffle: false,
        normalization,
        worker: decodeWorker,
        workers: 1,
      })
      expect(source.augment).toEqual(preparation)
      const inputs = await inputsOf(source, [...names, 'other'])
      for (const name of names) expect(inputs[name].equals(inNode[name]), name).toBe(true)
    })

    test('the data of onebit eval', async () => {
      const network = await load(networkBytes(channels, metadataOf(channels, preparation)), { backend: reference })
      const request = { file: 'a file', data: { name: 'image-folder', workers: 1 }, folder }
      const { plugin, options } = chooseDataset(network, request, await runtimeRegistry())
      const { test } = await plugin.load(options, { decodeWorker })
      if (!('epoch' in test)) throw new Error('expected a stream')
      const inputs = await inputsOf(test, [...names, 'other'])
      for (const name of names) expect(inputs[name].equals(inNode[name]), name).toBe(true)
    })

    test.each([
      ['by the preparation of the file', preparation],
      ['without one', undefined],
    ])('imageClassifier, %s', async (_, steps) => {
      const network = await load(networkBytes(channels, metadataOf(channels, steps)), { backend: reference })
      const classifier = imageClassifier(network, { decode: decodeFile })
      for (const name of names) {
        const expected = await withPreparation(name, channels, steps)
        expect(bytesOf(await classifier.prepare(decoded[name])).equals(expected), name).toBe(true)
        const file = new Blob([await readFile(path(name))])
        expect(bytesOf(await classifier.prepare(file)).equals(expected), `${name} by a decoder`).toBe(true)
      }
    })
  })

  if (browserMissing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1') {
    test.skip(`in Chromium: skipped, ${browserMissing}`, () => {})
    return
  }

  describe('in Chromium', () => {
    let site: Site
    let browser: Browser
    let tab: Page

    beforeAll(async () => {
      if (browserMissing) throw new Error(browserMissing)
      const { script } = await bundlePage(PAGE)
      const files: Record<string, string | Uint8Array> = { '/': PAGE_HTML, '/page.js': script }
      for (const channels of [1, 3] as const) {
        files[`/prepared-${channels}`] = networkBytes(channels, metadataOf(channels, preparation))
        files[`/bare-${channels}`] = networkBytes(channels, metadataOf(channels))
      }
      for (const name of names) {
        files[`/${name}`] = await readFile(path(name))
        files[`/pixels/${name}`] = decoded[name].data
      }
      site = await serveSite({ files })
      browser = await startBrowser()
      tab = (await openPage(browser, site.url)).page
      await tab.waitForFunction('window.prepare')
    })

    afterAll(async () => {
      await browser?.close()
      site?.close()
    })

    const prepare = async (model: string, address: string, pixels?: { width: number; height: number }): Promise<Buffer> =>
      Buffer.from(
        await tab.evaluate<number[]>(
          `window.prepare(${JSON.stringify(model)}, ${JSON.stringify(address)}, ${JSON.stringify(pixels)})`,
        ),
      )

    describe.each([3, 1] as const)('%i channels', (channels) => {
      test.each([
        ['prepared', preparation],
        ['bare', undefined],
      ])('%s: every decoded picture', async (kind, steps) => {
        for (const name of names) {
          const { width, height } = decoded[name]
          const found = await prepare(`/${kind}-${channels}`, `/pixels/${name}`, { width, height })
          expect(found.equals(await withPreparation(name, channels, steps)), name).toBe(true)
        }
      })

      test("PNG files by the page's own decoder", async () => {
        for (const name of names.filter((name) => name.endsWith('.png'))) {
          const found = await prepare(`/prepared-${channels}`, `/${name}`)
          expect(found.equals(await withPreparation(name, channels, preparation)), name).toBe(true)
        }
      })
    })
  })
})

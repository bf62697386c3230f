/** One picture gives the same labels and probabilities in every form that a page has, and in Node from its file. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Classification, imageClassifier } from '@onebit/classify'
import { GraphBuilder, load, reference, writeModel } from '@onebit/core'
import type { DecodeFile } from '@onebit/image'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawnTensors } from './deployed-network.ts'
import { browserMissing, bundlePage, openPage, PAGE_HTML, type Site, serveSite, startBrowser } from './page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const sharpPath = createRequire(`${root}packages/data/package.json`).resolve('sharp')
const { default: sharp } = await import(pathToFileURL(sharpPath).href)

const PAGE = `
import { imageClassifier } from '@onebit/classify'
import { load } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'

const draw = async (canvas, blob) => {
  const bitmap = await createImageBitmap(blob)
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height })
  const context = canvas.getContext('2d')
  context.drawImage(bitmap, 0, 0)
  return context
}
const sources = {
  file: async (blob) => blob,
  ImageBitmap: (blob) => createImageBitmap(blob),
  img: async (_, address) => {
    const image = Object.assign(new Image(), { src: address })
    await image.decode()
    return image
  },
  canvas: async (blob) => (await draw(document.createElement('canvas'), blob)).canvas,
  OffscreenCanvas: async (blob) => (await draw(new OffscreenCanvas(1, 1), blob)).canvas,
  ImageData: async (blob) => {
    const context = await draw(document.createElement('canvas'), blob)
    return context.getImageData(0, 0, context.canvas.width, context.canvas.height)
  },
}
window.classify = async (source, address) => {
  const network = await load('/model.safetensors', { backend: wasm({ module: new URL('/kernels.wasm', location.href) }) })
  const blob = await (await fetch(address)).blob()
  const found = await imageClassifier(network).classify(await sources[source](blob, address), { top: 4 })
  network.dispose()
  return found
}
`

/** A classifier of color pictures with one 1-bit layer. Its file has labels and a normalization per channel. */
function modelBytes(): Uint8Array {
  const { float, bits } = drawnTensors(4321)
  const builder = new GraphBuilder()
  const padding = [1, 1, 1, 1] as const
  const image = builder.input('image', [16, 16, 3])
  const stem = builder.node('conv2d', { inputs: [image], attributes: { padding }, tensors: { weights: float(3, 3, 3, 16) } })
  const sign = builder.node('threshold', { inputs: [stem], tensors: { thresholds: float(16, 1), first: bits(16) } })
  const sums = builder.node('binaryConv2d', { inputs: [sign], attributes: { padding }, tensors: { weights: bits(16, 3, 3, 16) } })
  const scale = { dtype: 'float32', shape: [16], data: new Float32Array(16).fill(1 / 16) } as const
  const scaled = builder.node('affine', { inputs: [sums], tensors: { scale, shift: float(16) } })
  const mean = builder.node('mean', { inputs: [scaled], attributes: { axes: [0, 1] } })
  const logits = builder.node('dense', { inputs: [mean], tensors: { weights: float(16, 4), bias: float(4) } })
  builder.output('scores', builder.node('softmax', { inputs: [logits] }))
  builder.metadata({
    labels: JSON.stringify(['ankle boot', 'bag', 'coat', 'dress']),
    normalization: JSON.stringify({ mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] }),
  })
  return writeModel(builder.build())
}

/** 37 x 29 pixels, so that the classifier has to scale it and to cut its sides. */
function picture() {
  const [width, height] = [37, 29]
  const pixel = (index: number): number[] => {
    const [x, y] = [index % width, Math.floor(index / width)]
    return [6 * x + 20, 255 - 8 * y, 128 + 100 * Math.sin(x / 4 + y / 6)].map(Math.round)
  }
  const data = Uint8Array.from(Array.from({ length: width * height }, (_, index) => pixel(index)).flat())
  return sharp(data, { raw: { width, height, channels: 3 } })
}

const decode: DecodeFile = async (file) => {
  const { data, info } = await sharp(await file.arrayBuffer())
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

describe('a page that classifies pictures', () => {
  let script: string
  let modules: string[]

  beforeAll(async () => {
    const page = await bundlePage(PAGE)
    script = page.script
    const [{ inputs }] = Object.values(page.metafile.outputs)
    modules = Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0)
  })

  test('contains no TensorFlow.js, though the networks beside the classifier do', () => {
    expect(modules.filter((path) => path.includes('node_modules'))).toEqual([])
    expect(modules.some((path) => path.endsWith('classify/src/image-classifier.ts'))).toBe(true)
  })

  if (browserMissing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1') {
    test.skip(`in Chromium: skipped, ${browserMissing}`, () => {})
    return
  }

  describe('in Chromium', () => {
    let site: Site
    let browser: Browser
    let tab: Page
    const inNode: Record<string, Classification[]> = {}

    beforeAll(async () => {
      if (browserMissing) throw new Error(browserMissing)
      const files: Record<string, string | Uint8Array> = { '/': PAGE_HTML, '/page.js': script }
      files['/kernels.wasm'] = await readFile(`${root}packages/kernels-wasm/wasm/kernels.wasm`)
      const model = modelBytes()
      files['/model.safetensors'] = model
      const network = await load(model, { backend: reference })
      const pictures = { '/picture.png': picture().png(), '/picture.jpg': picture().jpeg({ quality: 95 }) }
      for (const [address, image] of Object.entries(pictures)) {
        const bytes = await image.toBuffer()
        files[address] = bytes
        inNode[address] = await imageClassifier(network, { decode }).classify(new Blob([bytes]), { top: 4 })
      }
      site = await serveSite({ files })
      browser = await startBrowser()
      tab = (await openPage(browser, site.url)).page
      await tab.waitForFunction('window.classify')
    })

    afterAll(async () => {
      await browser?.close()
      site?.close()
    })

    const classify = (source: string, address: string): Promise<Classification[]> =>
      tab.evaluate(`window.classify(${JSON.stringify(source)}, ${JSON.stringify(address)})`)

    test('the picture has an answer that is neither sure nor undecided', () => {
      const [first, second] = inNode['/picture.png']
      expect(first.probability - second.probability).toBeGreaterThan(0.1)
      expect(first.probability).toBeLessThan(0.999)
    })

    describe.each(['file', 'ImageBitmap', 'img', 'canvas', 'OffscreenCanvas', 'ImageData'])('%s', (source) => {
      test('PNG: the answer of Node, digit by digit', async () => {
        expect(await classify(source, '/picture.png')).toEqual(inNode['/picture.png'])
      })

      test('JPEG: the same label, probabilities within 0.02, for decoders may round otherwise', async () => {
        const found = await classify(source, '/picture.jpg')
        expect(found[0].label).toBe(inNode['/picture.jpg'][0].label)
        for (const { label, probability } of inNode['/picture.jpg']) {
          const other = found.find((classification) => classification.label === label)!
          expect(Math.abs(other.probability - probability)).toBeLessThan(0.02)
        }
      })
    })
  })
})

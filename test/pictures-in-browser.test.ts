/** Every source of pictures in a page gives the same picture. A source without a picture gives a typed error with the reason. */
import { encodePng, type Picture, pictureOf } from '@onebit/image'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserMissing, bundlePage, PAGE_HTML, type Site, serveSite, startBrowser } from './page.ts'

const SOURCES = `
export const draw = async (canvas, blob) => {
  const bitmap = await createImageBitmap(blob)
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height })
  canvas.getContext('2d').drawImage(bitmap, 0, 0)
  return canvas
}
const element = (name) => document.createElement(name)
const loaded = async (image, address) => {
  Object.assign(image, { src: address })
  await image.decode()
  return image
}
const imageData = (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
const frame = () => document.body.appendChild(element('iframe')).contentWindow
`

const PAGE = `
import { readPicture } from '@onebit/image'
${SOURCES.replaceAll('export ', '')}
const timed = (canvas) => new VideoFrame(canvas, { timestamp: 0 })
const sources = {
  file: (blob) => blob,
  ImageBitmap: (blob) => createImageBitmap(blob),
  img: (_, address) => loaded(new Image(), address),
  'SVG image': async (_, address) => {
    const image = document.createElementNS('http://www.w3.org/2000/svg', 'image')
    for (const [name, value] of Object.entries({ width: 13, height: 7, href: address })) image.setAttribute(name, value)
    document.body.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'svg')).append(image)
    await image.decode()
    return image
  },
  canvas: (blob) => draw(element('canvas'), blob),
  OffscreenCanvas: (blob) => draw(new OffscreenCanvas(1, 1), blob),
  ImageData: async (blob) => imageData(await draw(element('canvas'), blob)),
  VideoFrame: async (blob) => timed(await draw(element('canvas'), blob)),
  'file of another window': async (blob) => new (frame().Blob)([await blob.arrayBuffer()]),
  'canvas of another window': async (blob) => draw(frame().document.createElement('canvas'), blob),
  'ImageData of another window': async (blob) => {
    const { data, width, height } = imageData(await draw(element('canvas'), blob))
    const { Uint8ClampedArray, ImageData } = frame()
    return new ImageData(new Uint8ClampedArray(data), width, height)
  },
  'img of another window': (_, address) => loaded(frame().document.createElement('img'), address),
}
const faulty = {
  null: () => null,
  'an element that is no picture': () => element('p'),
  'a file of text': () => new Blob(['no picture'], { type: 'image/png' }),
  'an empty file': () => new Blob([]),
  'a closed bitmap': async (blob) => {
    const bitmap = await createImageBitmap(blob)
    bitmap.close()
    return bitmap
  },
  'a closed frame': async (blob) => {
    const video = timed(await draw(element('canvas'), blob))
    video.close()
    return video
  },
  'an image without an address': () => new Image(),
  'an image that failed': async () => {
    const image = Object.assign(new Image(), { src: '/nothing.png' })
    await image.decode().catch(() => {})
    return image
  },
  'a video that has not begun': () => element('video'),
  'a canvas without pixels': () => Object.assign(element('canvas'), { width: 0 }),
  'a canvas of more pixels than the limit': () => Object.assign(element('canvas'), { width: 40000, height: 30000 }),
  'an image of another site': (_, __, elsewhere) => loaded(new Image(), elsewhere),
  'a canvas with an image of another site': async (_, __, elsewhere) => {
    const canvas = element('canvas')
    canvas.getContext('2d').drawImage(await loaded(new Image(), elsewhere), 0, 0)
    return canvas
  },
}
const plain = ({ data, width, height, channels }) => ({ data: Array.from(data), width, height, channels })
window.names = { sources: Object.keys(sources), faulty: Object.keys(faulty) }
window.read = async (kind, address) => {
  const blob = await (await fetch(address)).blob()
  return plain(await readPicture(await sources[kind](blob, address)))
}
window.fail = async (kind, address, elsewhere) => {
  const blob = await (await fetch(address)).blob()
  const source = await faulty[kind](blob, address, elsewhere)
  return readPicture(source).then(() => 'no error', ({ name, reason, message }) => ({ name, reason, message }))
}
window.inWorker = (address) => new Promise((resolve, reject) => {
  const worker = new Worker('/worker.js', { type: 'module' })
  worker.onmessage = ({ data }) => resolve(data)
  worker.onerror = reject
  worker.postMessage(address)
})
`

const WORKER = `
import { readPicture } from '@onebit/image'
self.onmessage = async ({ data: address }) => {
  const { data, ...rest } = await readPicture(await (await fetch(address)).blob())
  self.postMessage({ data: Array.from(data), ...rest })
}
`

const REASONS: Readonly<Record<string, string>> = {
  null: 'no-picture',
  'an element that is no picture': 'no-picture',
  'a file of text': 'undecodable',
  'an empty file': 'undecodable',
  'a closed bitmap': 'closed',
  'a closed frame': 'closed',
  'an image without an address': 'not-loaded',
  'an image that failed': 'not-loaded',
  'a video that has not begun': 'not-loaded',
  'a canvas without pixels': 'empty',
  'a canvas of more pixels than the limit': 'too-large',
  'an image of another site': 'tainted',
  'a canvas with an image of another site': 'tainted',
}

const KINDS = [
  ...[
    'file',
    'ImageBitmap',
    'img',
    'SVG image',
    'canvas',
    'OffscreenCanvas',
    'ImageData',
    'VideoFrame',
    'file of another window',
  ],
  ...['canvas of another window', 'ImageData of another window', 'img of another window'],
]

/** 13 x 7 pixels, opaque. */
const PICTURE: Picture = pictureOf(
  Uint8Array.from({ length: 13 * 7 * 4 }, (_, index) => (index % 4 === 3 ? 255 : (index * 37) % 256)),
  13,
  7,
)

if (browserMissing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1') {
  test.skip(`pictures in Chromium: skipped, ${browserMissing}`, () => {})
} else {
  describe('pictures in Chromium', () => {
    let site: Site
    let elsewhere: Site
    let browser: Browser
    let tab: Page

    beforeAll(async () => {
      if (browserMissing) throw new Error(browserMissing)
      const [page, worker] = await Promise.all([bundlePage(PAGE), bundlePage(WORKER)])
      const png = encodePng(PICTURE)
      site = await serveSite({
        files: { '/': PAGE_HTML, '/page.js': page.script, '/worker.js': worker.script, '/picture.png': png },
      })
      elsewhere = await serveSite({ files: { '/picture.png': png } })
      browser = await startBrowser()
      // The strict policy would block pictures of other sites before the tested error can occur.
      tab = await browser.newPage({ bypassCSP: true })
      await tab.goto(site.url)
      await tab.waitForFunction('window.read')
    })

    afterAll(async () => {
      await browser?.close()
      site?.close()
      elsewhere?.close()
    })

    test('every source and every fault of the page has a test', async () => {
      expect(await tab.evaluate('window.names')).toEqual({ sources: KINDS, faulty: Object.keys(REASONS) })
    })

    test.each(KINDS)('%s: the pixels of the file', async (kind) => {
      const found = (await tab.evaluate(`window.read(${JSON.stringify(kind)}, '/picture.png')`)) as Picture
      expect({ ...found, data: Uint8Array.from(found.data) }).toEqual(PICTURE)
    })

    test('a file in a worker', async () => {
      const found = (await tab.evaluate(`window.inWorker('/picture.png')`)) as Picture
      expect({ ...found, data: Uint8Array.from(found.data) }).toEqual(PICTURE)
    })

    test.each(Object.entries(REASONS))('%s: %s', async (kind, reason) => {
      const code = `window.fail(${JSON.stringify(kind)}, '/picture.png', ${JSON.stringify(`${elsewhere.url}picture.png`)})`
      expect(await tab.evaluate(code)).toMatchObject({ name: 'PictureError', reason })
    })
  })
}

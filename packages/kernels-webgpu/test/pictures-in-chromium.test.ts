/**
 * A page's pictures go directly to the GPU. Their pixels equal those of `@onebit/image` within 1 of 255, and none is read back.
 */
import { encodePng, pictureOf } from '@onebit/image'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserMissing, bundlePage, openPage, PAGE_HTML, type Site, serveSite, startBrowser } from '../../../test/page.ts'

const PAGE = `
import { compileGraph, GraphBuilder } from '@onebit/core'
import { createPipeline, preparePicture, readPicture } from '@onebit/image'
import { webgpu } from '@onebit/kernels-webgpu'

const shape = [20, 24, 3]
const builder = new GraphBuilder()
builder.output('y', builder.node('reshape', { inputs: [builder.input('image', shape)], attributes: { shape } }))
const graph = builder.build()
const runtime = {
  name: 'identity',
  readMetadata: () => ({}),
  writeMetadata: () => ({}),
  complete: () => ({ facts: {}, assumptions: [] }),
  decode: ({ y }, facts, placement) => ({ values: Array.from(y.data), placement }),
  draw: (picture) => picture,
}
const PREPARATIONS = {
  contain: [{ type: 'resize', size: [20, 24], fill: 'border' }],
  'center crop': [{ type: 'center-crop', size: [20, 24], shorterSide: 28 }],
}

const painted = (canvas, alpha) => {
  Object.assign(canvas, { width: 57, height: 43 })
  const context = canvas.getContext('2d')
  const image = context.createImageData(57, 43)
  for (let at = 0; at < image.data.length; at++) {
    const [x, y] = [(at >> 2) % 57, Math.floor((at >> 2) / 57)]
    image.data[at] = at % 4 === 3 ? (alpha ? (x * 5) % 256 : 255) : 128 + 60 * Math.sin(x / (4 + at % 4)) + 60 * Math.cos(y / 5)
  }
  context.putImageData(image, 0, 0)
  return canvas
}
const playing = async () => {
  const canvas = painted(document.createElement('canvas'))
  const video = document.createElement('video')
  Object.assign(video, { srcObject: canvas.captureStream(30), muted: true })
  const painting = setInterval(() => painted(canvas), 30)
  await video.play()
  while (video.videoWidth !== 57) await new Promise((resolve) => setTimeout(resolve, 20))
  clearInterval(painting)
  video.pause()
  return video
}
const blobOf = () => new Promise((resolve) => painted(document.createElement('canvas')).toBlob(resolve))
const loaded = async () => {
  const image = new Image()
  image.src = '/picture.png'
  await image.decode()
  return image
}
const sources = {
  HTMLCanvasElement: async () => painted(document.createElement('canvas')),
  OffscreenCanvas: async () => painted(new OffscreenCanvas(1, 1)),
  ImageBitmap: async () => createImageBitmap(painted(document.createElement('canvas'))),
  VideoFrame: async () => new VideoFrame(painted(document.createElement('canvas')), { timestamp: 0 }),
  HTMLVideoElement: playing,
  Blob: blobOf,
  HTMLImageElement: loaded,
  'a canvas with alpha': async () => painted(document.createElement('canvas'), true),
}

let readBack = 0
for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
  const { getImageData } = prototype
  prototype.getImageData = function (...given) {
    readBack++
    return getImageData.apply(this, given)
  }
}

window.sources = Object.keys(sources)
window.compare = async (source, preparation) => {
  const network = await compileGraph(graph, webgpu())
  const pipeline = createPipeline(network, runtime, { preparation: PREPARATIONS[preparation] })
  const picture = await sources[source]()
  const before = readBack
  const { values, placement } = await pipeline.run(picture)
  const read = readBack - before
  const expected = preparePicture(await readPicture(picture), PREPARATIONS[preparation], { input: shape })
  const steps = values.map((value, at) => Math.abs(Math.round(255 * value) - Math.round(255 * expected.values[at])))
  picture.close?.()
  network.dispose()
  return { read, most: Math.max(...steps), share: steps.filter((step) => step > 0).length / steps.length, picture: placement.picture }
}
window.refused = async () => {
  const network = await compileGraph(graph, webgpu())
  const pipeline = createPipeline(network, runtime)
  const closed = await sources.ImageBitmap()
  closed.close()
  const errors = []
  for (const source of [closed, document.createElement('video'), 'x']) {
    await pipeline.run(source).catch((error) => errors.push(error.name + ' ' + error.reason))
  }
  network.dispose()
  return errors
}
/** An output that a page draws: a fragment shader reads the buffer where it is. */
window.draws = async () => {
  const network = await compileGraph(graph, webgpu())
  const x = new Float32Array(20 * 24 * 3).fill(0.25)
  const { values, release } = await network.gpu.runToBuffers({ image: x })
  const { device } = network.gpu
  const drawn = device.createTexture({ size: [24, 20], format: 'rgba8unorm', usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC })
  const code = \`@group(0) @binding(0) var<storage, read> y: array<f32>;
@vertex fn corners(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0); }
@fragment fn paint(@builtin(position) at: vec4f) -> @location(0) vec4f { let p = (u32(at.y) * 24u + u32(at.x)) * 3u; return vec4f(y[p], y[p + 1u], y[p + 2u], 1.0); }\`
  const module = device.createShaderModule({ code })
  const pipeline = device.createRenderPipeline({ layout: 'auto', vertex: { module }, fragment: { module, targets: [{ format: 'rgba8unorm' }] } })
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginRenderPass({ colorAttachments: [{ view: drawn.createView(), loadOp: 'clear', storeOp: 'store' }] })
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: values.y.buffer } }] }))
  pass.draw(3)
  pass.end()
  const staging = device.createBuffer({ size: 256 * 20, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  encoder.copyTextureToBuffer({ texture: drawn }, { buffer: staging, bytesPerRow: 256 }, [24, 20])
  device.queue.submit([encoder.finish()])
  release()
  await staging.mapAsync(GPUMapMode.READ)
  const pixels = new Uint8Array(staging.getMappedRange()).subarray(0, 4 * 24)
  network.dispose()
  return [...new Set(pixels)].sort((a, b) => a - b)
}
window.ready = true
`

/** A picture on the page's own site, because its strict policy allows no other. */
const PICTURE = encodePng(
  pictureOf(
    Uint8Array.from({ length: 57 * 43 * 3 }, (_, at) => (at * 7) % 256),
    57,
    43,
  ),
)

interface Compared {
  readonly read: number
  readonly most: number
  readonly share: number
  readonly picture: readonly number[]
}

if (browserMissing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1') {
  test.skip(`pictures in Chromium: skipped, ${browserMissing}`, () => {})
} else {
  describe('pictures in Chromium', () => {
    let site: Site
    let browser: Browser
    let page: Page

    beforeAll(async () => {
      if (browserMissing) throw new Error(browserMissing)
      const { script } = await bundlePage(PAGE)
      site = await serveSite({ files: { '/': PAGE_HTML, '/page.js': script, '/picture.png': PICTURE } })
      browser = await startBrowser(['--enable-unsafe-webgpu', '--autoplay-policy=no-user-gesture-required'])
      page = (await openPage(browser, site.url)).page
      await page.waitForFunction('window.ready')
    })
    afterAll(async () => {
      await browser?.close()
      site?.close()
    })

    test('reach the network within 1 of 255, and none is read back', async () => {
      const sources = (await page.evaluate('window.sources')) as string[]
      expect(sources).toHaveLength(8)
      for (const source of sources) {
        for (const preparation of ['contain', 'center crop']) {
          const call = `window.compare(${JSON.stringify(source)}, ${JSON.stringify(preparation)})`
          const { read, most, share, picture } = (await page.evaluate(call)) as Compared
          console.info(`${source}, ${preparation}: ${(100 * share).toFixed(2)} % differ, by ${most} of 255 at most`)
          expect([source, read, picture]).toEqual([source, 0, [43, 57]])
          expect(most, source).toBeLessThanOrEqual(1)
          expect(share, source).toBeLessThan(0.02)
        }
      }
    })

    test('unusable pictures have the errors of pictures', async () => {
      const expected = ['PictureError closed', 'PictureError not-loaded', 'PictureError no-picture']
      expect(await page.evaluate('window.refused()')).toEqual(expected)
    })

    test('outputs are drawn from their buffers', async () => {
      expect(await page.evaluate('window.draws()')).toEqual([64, 255])
    })
  })
}

/** A page that only runs a model: the size of its downloads, and its answers in a real browser, which equal those of Node. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { load, reference } from '@onebit/core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { image, modelBytes } from './deployed-network.ts'
import { browserMissing, bundlePage, openPage, PAGE_HTML, type Site, serveSite, startBrowser } from './page.ts'

/** Maximum bytes of a page that runs a model on the kernels, gzipped, with WebAssembly. */
const BUDGET = 60 * 1024
/** Maximum bytes that the reference backend adds, for a page that compares both. */
const REFERENCE_BUDGET = 5 * 1024
const root = new URL('..', import.meta.url).pathname
const kernelsFolder = join(root, 'packages/kernels-wasm')

const DEPLOYED_PAGE = `
import { load } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
window.classify = async (image) => (await (await load('/model.safetensors', { backend: wasm() })).run({ image })).scores
`

/** The same page with the reference backend. */
const PAGE = `
import { load, reference } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
window.classify = async (backend, image) => {
  const network = await load('/model.safetensors', { backend: backend === 'wasm' ? wasm({ module: new URL('/wasm/kernels.wasm', location.href) }) : reference })
  const { scores } = await network.run({ image: Float32Array.from(image) })
  network.dispose()
  return Array.from(scores)
}
`

describe('a page with core and kernels-wasm alone', () => {
  let script: string
  let modules: string[]

  beforeAll(async () => {
    const page = await bundlePage(PAGE)
    script = page.script
    modules = Object.keys(page.metafile.inputs)
  })

  test('contains no TensorFlow.js and no other package', () => {
    const foreign = modules.filter((path) => path.includes('node_modules') || /tensorflow/i.test(path))
    expect(foreign).toEqual([])
    expect(script).not.toMatch(/tensorflow|tfjs/i)
    expect(modules.some((path) => path.includes('packages/core/src'))).toBe(true)
    expect(modules.some((path) => path.includes('packages/kernels-wasm/src'))).toBe(true)
  })

  test('downloads at most 60 KB, gzipped, with its WebAssembly; the reference backend adds 5 KB', async () => {
    const size = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length
    const deployed = size((await bundlePage(DEPLOYED_PAGE)).script)
    const kernels = size(await readFile(join(kernelsFolder, 'wasm/kernels.wasm')))
    const reference = size(script) - deployed
    console.log(`gzip: script ${deployed} bytes, kernels.wasm ${kernels} bytes, reference backend ${reference} bytes`)
    expect(deployed + kernels).toBeLessThanOrEqual(BUDGET)
    expect(reference).toBeLessThanOrEqual(REFERENCE_BUDGET)
  })

  if (browserMissing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1') {
    test.skip(`runs in Chromium: skipped, ${browserMissing}`, () => {})
    return
  }

  describe('in Chromium, under a strict Content-Security-Policy', () => {
    let site: Site
    let browser: Browser
    const model = modelBytes()

    beforeAll(async () => {
      if (browserMissing) throw new Error(browserMissing)
      const files = { '/': PAGE_HTML, '/page.js': script, '/model.safetensors': model }
      site = await serveSite({ files, folder: kernelsFolder })
      browser = await startBrowser()
    })

    afterAll(async () => {
      await browser?.close()
      site?.close()
    })

    test('both backends give the scores that Node gives, and the console stays silent', async () => {
      const { page, complaints } = await openPage(browser, site.url)
      await page.waitForFunction('window.classify')
      const classify = (backend: string): Promise<number[]> =>
        page.evaluate(`window.classify(${JSON.stringify(backend)}, ${JSON.stringify(image)})`)
      const network = await load(model, { backend: reference })
      const { scores } = await network.run({ image: Float32Array.from(image) })
      expect(await classify('reference')).toEqual(Array.from(scores))
      expect(await classify('wasm')).toEqual(Array.from(scores))
      expect(complaints).toEqual([])
      expect(site.requests).toContain('/wasm/kernels.wasm')
    })
  })
})

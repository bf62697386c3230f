/** The page in Chromium, on a large and on a small screen: one word swaps the backend, and all give one answer. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modelBytes } from '../../test/deployed-network.ts'
import { browserMissing, openPage, startBrowser } from '../../test/page.ts'
// @ts-expect-error: the example is JavaScript
import { serve } from './serve.mjs'

const built = ['core', 'image', 'classify', 'kernels-wasm', 'kernels-webgpu'].map((name) =>
  fileURLToPath(new URL(`../../packages/${name}/dist/index.js`, import.meta.url)),
)
const missing =
  browserMissing ?? (built.every((file) => existsSync(file)) ? undefined : 'the packages are not built; run: npm run build')
const skip = missing !== undefined && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1'

describe.skipIf(skip)(`the page${skip ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: string
  let server: Server
  let browser: Browser
  let url: string

  beforeAll(async () => {
    if (missing) throw new Error(missing)
    folder = await mkdtemp(join(tmpdir(), 'onebit-page-'))
    const model = join(folder, 'model.safetensors')
    await writeFile(model, modelBytes())
    server = (await serve(model)) as Server
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    browser = await startBrowser(['--enable-unsafe-webgpu'])
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test.each([
    ['a desktop', 1280, 800],
    ['a phone', 390, 844],
  ])('on %s', async (_, width, height) => {
    const { page, complaints } = await openPage(browser, url)
    await page.setViewportSize({ width, height })
    const answers = new Map<string, string>()
    for (const word of ['webgpu', 'wasm', 'reference', 'auto']) {
      await page.selectOption('#backend', word)
      await page.waitForSelector(`body[data-ready="${word}"]`)
      answers.set(word, (await page.textContent('#classes')) as string)
      expect(await page.textContent('#time')).toMatch(/^[\d.]+ ms a picture$/)
      expect(await page.textContent('#chosen')).toContain(word === 'auto' ? 'wasm:threads=auto' : word)
    }
    expect(answers.get('wasm')).toMatch(/%/)
    expect(new Set(answers.values()).size, JSON.stringify([...answers])).toBe(1)
    expect(await page.textContent('#reasons')).toMatch(/webgpu: .*software/)
    const before = await page.textContent('#classes')
    await page.click('#clear')
    await expect.poll(() => page.textContent('#classes')).not.toBe(before)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect(complaints).toEqual([])
    await page.close()
  })

  test('serves nothing but its own files', async () => {
    const status = async (path: string): Promise<number> => (await fetch(new URL(path, url))).status
    expect(await status('/@onebit/core/package.json')).toBe(200)
    for (const path of [
      '/serve.mjs',
      '/@onebit/core/..%2f..%2f..%2fpackage.json',
      '/@onebit/none/x',
      '/@onebit/core/dist',
      '/%',
    ]) {
      expect(await status(path), path).toBeGreaterThanOrEqual(400)
    }
  })
})

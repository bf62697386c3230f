/** Training in a browser with `@onebit/train/browser`, in a page and in its web worker. The bundle replaces no module of Node. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PageResult } from './training-page.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const chromiumPath = process.env.ONEBIT_CHROMIUM ?? '/usr/bin/chromium'
/** See `engine-training.test.ts`. */
const TOLERANCE = 1e-3

/** Fails on an import of a Node module, since nothing replaces it. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'training-page.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@onebit/source'],
    define: { 'process.env.ONEBIT_TEST_ENGINE': '"webgpu"' },
    write: false,
  })
  return outputFiles[0].text
}

test('the part for pages bundles without a stub, and without the report, the progress bar and run folders', async () => {
  const script = await bundle()
  expect(script).not.toMatch(/from\s*"node:|require\("node:|cli-progress|echarts/)
})

const missing = existsSync(chromiumPath)
  ? undefined
  : `there is no Chromium at ${chromiumPath}; install it or set ONEBIT_CHROMIUM`

describe.skipIf(missing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1')(
  `in Chromium${missing ? `: skipped, ${missing}` : ''}`,
  () => {
    let close: () => void
    let browser: Browser
    let page: Page
    let expected: PageResult
    const errors: string[] = []
    const trainIn = (where: 'trainOn' | 'trainInWorker', engine: string): Promise<PageResult> =>
      page.evaluate(`window.${where}(${JSON.stringify(engine)})`)

    beforeAll(async () => {
      const script = await bundle()
      const server = createServer((request, response) => {
        const isScript = request.url === '/page.js'
        response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
        response.end(isScript ? script : '<!doctype html><title>onebit</title><script type="module" src="/page.js"></script>')
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      close = () => void server.close()
      const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update']
      const args = ['--no-sandbox', '--enable-unsafe-webgpu', ...quiet, '--disable-sync']
      browser = await chromium.launch({ executablePath: chromiumPath, args })
      page = await browser.newPage()
      page.on('pageerror', (error) => errors.push(error.message))
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      await page.waitForFunction('window.trainOn').catch(() => expect(errors).toEqual([]))
      expected = await trainIn('trainOn', 'cpu')
    })

    afterAll(async () => {
      await browser?.close()
      close?.()
    })

    test('a page trains and measures, and refuses options that only Node supports', () => {
      expect(expected.engine).toMatch(/^cpu: /)
      expect(expected.losses).toHaveLength(8)
      expect(expected.losses[7]).toBeLessThan(0.7 * expected.losses[0])
      expect(expected.accuracies[1]).toBe(expected.accuracies[0])
      expect(expected.refused).toEqual([
        "OptionError: Run folders exist only in Node. Leave out 'out', or train in Node.",
        "OptionError: Worker threads exist only in Node. Leave out 'workers', or train in Node.",
        "OptionError: There is no run folder to resume from. Leave out 'resume', or train in Node.",
      ])
      expect(errors).toEqual([])
    })

    test('a worker of the page trains with the same bits', async () => {
      expect(await trainIn('trainInWorker', 'cpu')).toEqual(expected)
      expect(errors).toEqual([])
    })

    test('WebGPU matches the losses of plain JavaScript', async () => {
      const actual = await trainIn('trainOn', 'webgpu')
      console.log(`in Chromium, engine ${actual.engine}`)
      expect(actual.engine).toMatch(/^webgpu: /)
      expect(actual.losses).toHaveLength(8)
      for (const [step, loss] of actual.losses.entries()) {
        expect(Math.abs(loss - expected.losses[step]), `step ${step + 1}`).toBeLessThan(TOLERANCE)
      }
      expect(errors).toEqual([])
    })
  },
)

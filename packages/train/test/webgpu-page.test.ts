/** Training in a browser: a page bundled from this package trains on Chromium's WebGPU and has the losses of plain JavaScript. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))
const chromiumPath = process.env.ONEBIT_CHROMIUM ?? '/usr/bin/chromium'
/** See `engine-training.test.ts`. */
const TOLERANCE = 1e-3

/** Modules of Node, of which a run without a folder uses nothing. A class, since the progress bar extends one at once. */
const withoutNode: Plugin = {
  name: 'without-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:.+|events|readline|sharp)$/ }, ({ path }) => ({ path, namespace: 'without-node' }))
    onLoad({ filter: /.*/, namespace: 'without-node' }, () => ({ contents: 'module.exports = class {}' }))
  },
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'webgpu-page.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@onebit/source'],
    define: { 'process.env.ONEBIT_TEST_ENGINE': '"webgpu"' },
    plugins: [withoutNode],
    write: false,
  })
  return outputFiles[0].text
}

const missing = existsSync(chromiumPath)
  ? undefined
  : `there is no Chromium at ${chromiumPath}; install it or set ONEBIT_CHROMIUM`

test.skipIf(missing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1')(
  `trains on WebGPU in Chromium${missing ? `: skipped, ${missing}` : ''}`,
  async () => {
    const script = await bundle()
    const server = createServer((request, response) => {
      const isScript = request.url === '/page.js'
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
      response.end(isScript ? script : '<!doctype html><title>onebit</title><script type="module" src="/page.js"></script>')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ], // prettier-ignore
    })
    try {
      const page = await browser.newPage()
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      await page.waitForFunction('window.trainOn').catch(() => expect(errors).toEqual([]))
      const trainOn = (engine: string): Promise<{ engine: string; losses: number[] }> =>
        page.evaluate(`window.trainOn(${JSON.stringify(engine)})`)
      const expected = await trainOn('cpu')
      const actual = await trainOn('webgpu')
      console.log(`in Chromium, engine ${actual.engine}`)
      expect(actual.engine).toMatch(/^webgpu: /)
      expect(actual.losses).toHaveLength(8)
      for (const [step, loss] of actual.losses.entries()) {
        expect(Math.abs(loss - expected.losses[step]), `step ${step + 1}`).toBeLessThan(TOLERANCE)
      }
      expect(errors).toEqual([])
    } finally {
      await browser.close()
      server.close()
    }
  },
)

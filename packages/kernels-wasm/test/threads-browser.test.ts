/** Threads in Chromium: two in a cross-origin isolated page, one with a reason elsewhere, under a strict Content-Security-Policy. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const chromiumPath = process.env.ONEBIT_CHROMIUM ?? '/usr/bin/chromium'
const missing = existsSync(chromiumPath)
  ? undefined
  : `there is no Chromium at ${chromiumPath}; install it or set ONEBIT_CHROMIUM`

/** Runs one binary layer on `threads` threads, twice at the same time and once more. Compares the results with one thread's. */
const PAGE = `
import { GraphBuilder } from '@onebit/core'
import { wasm } from './index.ts'
const builder = new GraphBuilder()
const tensors = { thresholds: { dtype: 'float32', shape: [1, 1], data: Float32Array.of(0) }, first: { dtype: 'bit', shape: [1], data: Uint8Array.of(0) } }
const bits = builder.node('threshold', { inputs: [builder.input('x', [28, 28, 64])], tensors })
const data = Uint8Array.from({ length: 64 * 9 * 8 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24)
const weights = { dtype: 'bit', shape: [64, 3, 3, 64], data }
builder.output('sums', builder.node('binaryConv2d', { inputs: [bits], tensors: { weights }, attributes: { padding: [1, 1, 1, 1] } }))
const graph = builder.build()
const x = Float32Array.from({ length: 28 * 28 * 64 }, (_, i) => Math.sin(i * i))
window.compute = async (threads) => {
  const network = await wasm({ threads }).compile(graph)
  const results = await Promise.all([network.run({ x }), network.run({ x })])
  results.push(await network.run({ x }))
  network.dispose()
  const one = (await (await wasm().compile(graph)).run({ x })).sums
  const same = results.every(({ sums }) => sums.every((value, i) => value === one[i]))
  return { threads: network.threads, reason: network.reason, same, some: one.some((value) => value !== 0), isolated: crossOriginIsolated }
}
`
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' }
const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

if (missing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1') {
  test.skip(`threads in Chromium: skipped, ${missing}`, () => {})
} else {
  describe('threads in Chromium', () => {
    let server: Server
    let browser: Browser
    const requests: string[] = []

    beforeAll(async () => {
      if (missing) throw new Error(missing)
      const { outputFiles } = await build({
        stdin: { contents: PAGE, resolveDir: fileURLToPath(new URL('../src', import.meta.url)) },
        bundle: true,
        format: 'esm',
        target: 'es2022',
        conditions: ['@onebit/source'],
        write: false,
      })
      server = createServer(async (request, response) => {
        const { pathname } = new URL(request.url!, 'http://localhost')
        const [, site, ...path] = pathname.split('/')
        requests.push(pathname)
        response.setHeader('Content-Security-Policy', "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")
        response.setHeader('Content-Type', TYPES[extname(pathname)] ?? 'text/html')
        if (site !== 'plain') for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value)
        if (path.length === 1 && path[0] === '') {
          response.end('<!doctype html><link rel="icon" href="data:,"><script type="module" src="app/page.js"></script>')
        } else if (pathname.endsWith('/app/page.js')) {
          response.end(outputFiles[0].text)
        } else if (site === 'workerless' && path.at(-1) === 'kernel-worker.mjs') {
          response.writeHead(404).end()
        } else if (path[0] === 'wasm') {
          response.end(await readFile(new URL(`../${path.join('/')}`, import.meta.url)))
        } else {
          response.writeHead(404).end()
        }
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      browser = await chromium.launch({ executablePath: chromiumPath, args: FLAGS })
    })

    afterAll(async () => {
      await browser?.close()
      server?.close()
    })

    /** The result of the page of a site. */
    async function compute(site: string, threads: number): Promise<{ threads: number; reason?: string }> {
      const page = await browser.newPage()
      const { port } = server.address() as { port: number }
      await page.goto(`http://127.0.0.1:${port}/${site}/`)
      await page.waitForFunction('window.compute')
      const answer = await page.evaluate(`window.compute(${threads})`)
      await page.close()
      return answer as { threads: number; reason?: string }
    }

    test('two run in a cross-origin isolated page', async () => {
      expect(await compute('isolated', 2)).toEqual({ threads: 2, same: true, some: true, isolated: true, reason: undefined })
      expect(requests.filter((path) => path === '/isolated/wasm/kernel-worker.mjs').length).toBeGreaterThan(0)
      expect(requests.some((path) => /^\/isolated\/wasm\/kernels.*-shared\.wasm$/.test(path))).toBe(true)
    })

    test('one runs, and says why, in a page that is not isolated', async () => {
      const answer = await compute('plain', 2)
      expect(answer).toMatchObject({ threads: 1, same: true, isolated: false })
      expect(answer.reason).toContain('not cross-origin isolated')
    })

    test('one runs, and says why, where the worker script is not served', async () => {
      const answer = await compute('workerless', 2)
      expect(answer).toMatchObject({ threads: 1, same: true, isolated: true })
      expect(answer.reason).toContain('could not be started')
    })
  })
}

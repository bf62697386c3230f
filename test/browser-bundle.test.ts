/** A page that only runs a model: what it downloads, and that it runs, in a real browser, with the answers Node gives. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { GraphBuilder, load, packSigns, reference, writeModel } from '@onebit/core'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const BUDGET = 60 * 1024
const root = new URL('..', import.meta.url).pathname
const chromiumPath = process.env.ONEBIT_CHROMIUM ?? '/usr/bin/chromium'
const wasmFolder = join(root, 'packages/kernels-wasm/wasm')

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

/** A small network of every kind of op a classifier has, with fixed pseudo-random weights. */
function modelBytes(): Uint8Array {
  let state = 12345
  const random = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 1073741824 - 1
  }
  const float = (...shape: number[]) =>
    ({ dtype: 'float32', shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random) }) as const
  const bits = (...shape: number[]) =>
    ({ dtype: 'bit', shape, data: packSigns(Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random)) }) as const
  const builder = new GraphBuilder()
  let value = builder.input('image', [12, 12, 3])
  value = builder.node('conv2d', {
    inputs: [value],
    attributes: { padding: [1, 1, 1, 1] },
    tensors: { weights: float(3, 3, 3, 16) },
  })
  const sign = builder.node('threshold', { inputs: [value], tensors: { thresholds: float(16, 1), first: bits(16) } })
  const product = builder.node('binaryConv2d', {
    inputs: [sign],
    attributes: { padding: [1, 1, 1, 1] },
    tensors: { weights: bits(16, 3, 3, 16) },
  })
  const affine = builder.node('affine', { inputs: [product], tensors: { scale: float(16), shift: float(16) } })
  value = builder.node('add', { inputs: [value, affine] })
  value = builder.node('mean', { inputs: [value], attributes: { axes: [0, 1] } })
  value = builder.node('dense', { inputs: [value], tensors: { weights: float(16, 5), bias: float(5) } })
  builder.output('scores', builder.node('softmax', { inputs: [value] }))
  return writeModel(builder.build())
}

describe('a page with core and kernels-wasm alone', () => {
  let folder: string
  let script: string
  let modules: string[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onebit-page-'))
    await writeFile(join(folder, 'page.js'), PAGE)
    const { outputFiles, metafile } = await build({
      entryPoints: [join(folder, 'page.js')],
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      conditions: ['@onebit/source'],
      nodePaths: [join(root, 'node_modules')],
      write: false,
      metafile: true,
    })
    script = outputFiles[0].text
    modules = Object.keys(metafile.inputs)
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('contains no TensorFlow.js and no other package', () => {
    const foreign = modules.filter((path) => path.includes('node_modules') || /tensorflow/i.test(path))
    expect(foreign).toEqual([])
    expect(script).not.toMatch(/tensorflow|tfjs/i)
    expect(modules.some((path) => path.includes('packages/core/src'))).toBe(true)
    expect(modules.some((path) => path.includes('packages/kernels-wasm/src'))).toBe(true)
  })

  test('downloads at most 60 KB, gzipped, with its WebAssembly', async () => {
    const wasm = await readFile(join(wasmFolder, 'kernels.wasm'))
    const sizes = { script: gzipSync(script, { level: 9 }).length, wasm: gzipSync(wasm, { level: 9 }).length }
    console.log(`gzip: script ${sizes.script} bytes, kernels.wasm ${sizes.wasm} bytes`)
    expect(sizes.script + sizes.wasm).toBeLessThanOrEqual(BUDGET)
  })

  const missing = existsSync(chromiumPath)
    ? undefined
    : `there is no Chromium at ${chromiumPath}; install it or set ONEBIT_CHROMIUM`
  if (missing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1') {
    test.skip(`runs in Chromium: skipped, ${missing}`, () => {})
    return
  }

  describe('in Chromium, under a strict Content-Security-Policy', () => {
    let server: Server
    let browser: Browser
    const model = modelBytes()
    const requests: string[] = []

    beforeAll(async () => {
      if (missing) throw new Error(missing)
      const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }
      server = createServer(async (request, response) => {
        const path = new URL(request.url!, 'http://localhost').pathname
        requests.push(path)
        response.setHeader('Content-Security-Policy', "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")
        response.setHeader('Content-Type', types[extname(path) || '.html'] ?? 'application/octet-stream')
        if (path === '/') response.end('<!doctype html><title>onebit</title><script type="module" src="/page.js"></script>')
        else if (path === '/page.js') response.end(script)
        else if (path === '/model.safetensors') response.end(model)
        else if (path.startsWith('/wasm/')) response.end(await readFile(join(wasmFolder, path.slice('/wasm/'.length))))
        else response.writeHead(404).end()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      browser = await chromium.launch({
        executablePath: chromiumPath,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      })
    })

    afterAll(async () => {
      await browser?.close()
      server?.close()
    })

    test('both backends give the scores that Node gives, and the console stays silent', async () => {
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      const { port } = server.address() as { port: number }
      await page.goto(`http://127.0.0.1:${port}/`)
      await page.waitForFunction('window.classify')
      const image = Array.from({ length: 12 * 12 * 3 }, (_, i) => Math.sin(i))
      const classify = (backend: string): Promise<number[]> =>
        page.evaluate(`window.classify(${JSON.stringify(backend)}, ${JSON.stringify(image)})`)
      const network = await load(model, { backend: reference })
      const { scores } = await network.run({ image: Float32Array.from(image) })
      expect(await classify('reference')).toEqual(Array.from(scores))
      expect(await classify('wasm')).toEqual(Array.from(scores))
      expect(complaints.filter((text) => !/favicon|404/.test(text))).toEqual([])
      expect(requests).toContain('/wasm/kernels.wasm')
    })
  })
})

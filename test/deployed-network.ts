/** What the tests of pages, bundlers and runtimes share: a small network, a page's server, and a browser. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { GraphBuilder, packSigns, writeModel } from '@onebit/core'
import { type Browser, chromium, type Page } from 'playwright-core'

/** A small network of every kind of op a classifier has, with fixed pseudo-random weights. */
export function modelBytes(): Uint8Array {
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

/** An input of `modelBytes`. */
export const image: readonly number[] = Array.from({ length: 12 * 12 * 3 }, (_, i) => Math.sin(i))

const chromiumPath = process.env.ONEBIT_CHROMIUM ?? '/usr/bin/chromium'

/** Why there is no browser to test in, if there is none. */
export const browserMissing: string | undefined = existsSync(chromiumPath)
  ? undefined
  : `there is no Chromium at ${chromiumPath}; install it or set ONEBIT_CHROMIUM`

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
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
}

/** What a strict page allows itself; compiling WebAssembly is all that Onebit asks for. */
export const STRICT_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

export interface SiteOptions {
  /** Of the page, by path, beside those of `folder`. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
  /** Where other paths are looked up. */
  readonly folder?: string
  /** Isolates the page, so that it may share memory with workers. */
  readonly isolated?: boolean
}

export interface Site {
  readonly url: string
  /** Paths asked for so far. */
  readonly requests: readonly string[]
  close(): void
}

/** A site on this machine with the strict policy. */
export async function serveSite({ files, folder, isolated = false }: SiteOptions): Promise<Site> {
  const requests: string[] = []
  const find = async (path: string): Promise<string | Uint8Array | undefined> => {
    if (Object.hasOwn(files, path)) return files[path]
    return folder === undefined ? undefined : readFile(join(folder, path)).catch(() => undefined)
  }
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    requests.push(pathname)
    response.setHeader('Content-Security-Policy', STRICT_POLICY)
    response.setHeader('Content-Type', TYPES[extname(pathname) || '.html'] ?? 'application/octet-stream')
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    }
    const content = await find(pathname)
    if (content === undefined) response.writeHead(404).end()
    else response.end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    close: () => void server.close(),
  }
}

/** Opens a page; what its console or an uncaught error says is collected. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (!/favicon|404/.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  return { page, complaints }
}

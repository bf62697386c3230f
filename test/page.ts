/** A page for tests: its bundle, its site, and a browser that opens it. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The page's script from the sources of the packages, minified, and the list of its modules.
 * @param folder The folder that the script's imports are relative to. Default: the root.
 */
export async function bundlePage(code: string, folder = root): Promise<{ script: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@onebit/source'],
    write: false,
    metafile: true,
  })
  return { script: outputFiles[0].text, metafile }
}

/** A page that runs `/page.js`. */
export const PAGE_HTML = '<!doctype html><title>onebit</title><script type="module" src="/page.js"></script>'

const chromiumPath = process.env.ONEBIT_CHROMIUM ?? '/usr/bin/chromium'

/** The reason why there is no browser for tests, or undefined. */
export const browserMissing: string | undefined = existsSync(chromiumPath)
  ? undefined
  : `there is no Chromium at ${chromiumPath}; install it or set ONEBIT_CHROMIUM`

/** @param more Flags beside those of every test. WebGPU on a machine without a GPU needs `--enable-unsafe-webgpu`. */
export function startBrowser(more: readonly string[] = ['--disable-gpu']): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      ...more,
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A strict content security policy. Onebit only needs permission to compile WebAssembly. */
export const STRICT_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
}

export interface SiteOptions {
  /** The site's files by path, in addition to those of `folder`. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
  /** The folder for all other paths. */
  readonly folder?: string
  /** Isolates the page, so that it can share memory with workers. */
  readonly isolated?: boolean
}

export interface Site {
  readonly url: string
  /** The requested paths so far. */
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

/** Opens a page, and collects console errors and uncaught errors. */
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

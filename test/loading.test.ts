/**
 * The kernels find their WebAssembly and their worker after the built packages went through a bundler, and in other runtimes,
 * without a given URL. The answers are those of the reference backend.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, realpathSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { load, reference } from '@onebit/core'
import { build as esbuild } from 'esbuild'
import type { Browser } from 'playwright-core'
import { build as vite } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import webpack from 'webpack'
import { image, modelBytes } from './deployed-network.ts'
import { browserMissing, openPage, serveSite, startBrowser } from './page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const kernels = join(root, 'packages/kernels-wasm')
const unbuilt = ['core', 'kernels-wasm'].filter((name) => !existsSync(join(root, 'packages', name, 'dist')))
const required = process.env.ONEBIT_REQUIRE_OPTIONAL === '1'
const notBuilt = unbuilt.length > 0 ? `${unbuilt.join(', ')} not built; run: npm run build` : undefined
const model = modelBytes()

/** The title says why a test does not run. With ONEBIT_REQUIRE_OPTIONAL=1 it runs, and fails. */
function optional(missing: string | undefined): { skip: boolean; title: string } {
  return { skip: missing !== undefined && !required, title: missing ? ` (skipped: ${missing})` : '' }
}

let folder: string
let expected: number[]

beforeAll(async () => {
  // Inside the repository, so that packages resolve as in a user's project.
  await mkdir(join(root, 'runs'), { recursive: true })
  folder = await mkdtemp(join(root, 'runs/loading-'))
  const network = await load(model, { backend: reference })
  const { scores } = await network.run({ image: Float32Array.from(image) })
  expected = Array.from(scores as Float32Array)
  await writeFile(join(folder, 'model.safetensors'), model)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Answers on one and on two threads, and the number of threads. */
interface Answer {
  readonly threads: number
  readonly reason?: string
  readonly scores: readonly number[]
}

const CLASSIFY = `
import { readModelFile } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
export async function classify(model, image) {
  const graph = await readModelFile(model)
  const answers = []
  for (const wanted of [1, 2]) {
    const network = await wasm({ threads: wanted }).compile(graph)
    const { scores } = await network.run({ image: Float32Array.from(image) })
    answers.push({ threads: network.threads, reason: network.reason, scores: Array.from(scores) })
    network.dispose()
  }
  return answers
}
`

const pages = optional(notBuilt ?? browserMissing)

describe.skipIf(pages.skip)(`pages of bundlers, in Chromium under a strict policy${pages.title}`, () => {
  let browser: Browser

  /** Each returns the folder of a site. Its page sets `window.answer`. */
  const BUNDLERS: Readonly<Record<string, (project: string) => Promise<string>>> = {
    async vite(project) {
      await writeFile(
        join(project, 'index.html'),
        '<!doctype html><title>onebit</title><script type="module" src="/page.js"></script>',
      )
      await vite({ root: project, configFile: false, logLevel: 'error', build: { outDir: 'site', target: 'es2022' } })
      return join(project, 'site')
    },
    async webpack(project) {
      const compiler = webpack({
        mode: 'production',
        context: project,
        entry: './page.js',
        output: { path: join(project, 'site'), filename: 'page.js' },
        performance: { hints: false },
      })!
      const stats = await promisify(compiler.run.bind(compiler))()
      await promisify(compiler.close.bind(compiler))()
      expect(stats?.compilation.errors).toEqual([])
      await writeFile(join(project, 'site/index.html'), '<!doctype html><title>onebit</title><script src="/page.js"></script>')
      return join(project, 'site')
    },
    /** esbuild does not change `new URL`, so the files go to the same place as in the package, one folder above the script. */
    async esbuild(project) {
      const site = join(project, 'site')
      const outfile = join(site, 'scripts/page.js')
      await esbuild({ entryPoints: [join(project, 'page.js')], outfile, bundle: true, format: 'esm', target: 'es2022' })
      cpSync(join(kernels, 'wasm'), join(site, 'wasm'), { recursive: true })
      const html = '<!doctype html><title>onebit</title><script type="module" src="/scripts/page.js"></script>'
      await writeFile(join(site, 'index.html'), html)
      return site
    },
  }

  beforeAll(async () => {
    if (browserMissing) throw new Error(browserMissing)
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())

  test.each(Object.keys(BUNDLERS))('%s', async (name) => {
    const project = join(folder, name)
    await mkdir(project)
    await writeFile(join(project, 'classify.js'), CLASSIFY)
    const call = `classify('/model.safetensors', ${JSON.stringify(image)})`
    await writeFile(join(project, 'page.js'), `import { classify } from './classify.js'\nwindow.answer = ${call}\n`)
    const built = await BUNDLERS[name](project)
    const files = { '/': await readFile(join(built, 'index.html')), '/model.safetensors': model }
    const site = await serveSite({ files, folder: built, isolated: true })
    const { page, complaints } = await openPage(browser, site.url)
    try {
      await page.waitForFunction('window.answer')
      const answers: Answer[] = await page.evaluate('window.answer')
      expect(answers).toEqual([
        { threads: 1, scores: expected },
        { threads: 2, scores: expected },
      ])
      expect(complaints).toEqual([])
      // One module for a single thread and one for shared memory, each relaxed or not.
      expect(site.requests.filter((path) => path.endsWith('.wasm'))).toHaveLength(2)
    } finally {
      await page.close()
      site.close()
    }
  })
})

/** The binary in the platform's package beside the launcher's package. An install script would link it. */
function binaryOf(launcher: string, platformPackage: string, file: string): string | undefined {
  const folderOfLauncher = join(root, 'tools/runtimes/node_modules', launcher)
  if (!existsSync(folderOfLauncher)) return undefined
  const require = createRequire(join(realpathSync(folderOfLauncher), 'package.json'))
  try {
    return join(require.resolve(`${platformPackage}/package.json`), '..', file)
  } catch {
    return undefined
  }
}

const { platform, arch } = process
const RUNTIMES = [
  { name: 'Node', binary: process.execPath, flags: [] },
  {
    name: 'Deno',
    binary: binaryOf('deno', `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`, 'deno'),
    flags: ['run', '--node-modules-dir=manual', '--allow-read'],
  },
  { name: 'Bun', binary: binaryOf('bun', `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}`, 'bin/bun'), flags: [] },
]

describe('runtimes', () => {
  for (const { name, binary, flags } of RUNTIMES) {
    const { skip, title } = optional(notBuilt ?? (binary ? undefined : `its package has no binary for ${platform} ${arch}`))

    test.skipIf(skip)(`${name}${title}`, async () => {
      if (!binary) throw new Error(`There is no binary of ${name}.`)
      const project = join(folder, name)
      await mkdir(project)
      await writeFile(join(project, 'classify.mjs'), CLASSIFY)
      const call = `classify(${JSON.stringify(join(folder, 'model.safetensors'))}, ${JSON.stringify(image)})`
      const script = `import { classify } from './classify.mjs'\nconsole.log(JSON.stringify(await ${call}))\n`
      await writeFile(join(project, 'run.mjs'), script)
      const { stdout, stderr } = await promisify(execFile)(binary, [...flags, join(project, 'run.mjs')], { timeout: 30_000 })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual([
        { threads: 1, scores: expected },
        { threads: 2, scores: expected },
      ])
    })
  }
})

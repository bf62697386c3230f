/**
 * Runs one network on WebGPU in an engine, and compares it with the reference bit for bit:
 *
 *     node packages/kernels-webgpu/scripts/smoke.mjs ENGINE [path of its program]
 *
 * Engines: node, bun, deno, chromium, firefox. Node and Bun use the package `webgpu`; the others have WebGPU. On Linux,
 * VK_DRIVER_FILES names a Vulkan driver. It prints the result, and exits with 1 if a check fails or there is no adapter.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const LIMIT = 180_000

/** @param source Code that defines `backendHere`, a function that returns the backend. */
const smokeWith = (source) => `
${source}
import { reference } from '@onebit/core'
import { picturePlan, preparePicture } from '@onebit/image'
import { Random, residualNetwork } from '@onebit/testkit/random'

const same = (values, expected) => values.length === expected.length && expected.every((value, at) => Object.is(value, values[at]))

export async function smoke() {
  const backend = await backendHere()
  const support = await backend.isSupported()
  if (!support.supported) return { ok: false, ...support }
  const graph = residualNetwork(new Random(11), 16, 16)
  const [{ name, shape }] = graph.inputs
  const inputs = { [name]: new Random(12).floats(3 * shape.reduce((a, b) => a * b, 1)) }
  const network = await backend.compile(graph)
  const [actual, again, expected] = [await network.run(inputs), await network.run(inputs), await (await reference.compile(graph)).run(inputs)]
  const outputs = Object.keys(expected)
  const bits = outputs.every((output) => same(actual[output], expected[output]) && same(again[output], expected[output]))

  const picture = { data: Uint8Array.from({ length: 4 * 40 * 30 }, (_, at) => (at % 4 === 3 ? 255 : (at * 37) % 256)), width: 40, height: 30, channels: 4 }
  const plan = picturePlan(picture, undefined, { input: shape })
  const { values } = preparePicture(picture, undefined, { input: shape })
  const [seen, told] = [await network.gpu.run({ [name]: [{ picture, plan }] }), await network.run({ [name]: values })]
  const difference = Math.max(...outputs.flatMap((output) => Array.from(told[output], (value, at) => Math.abs(value - seen[output][at]))))

  const left = await network.gpu.runToBuffers(inputs)
  left.release()
  network.dispose()
  const values32 = outputs.reduce((sum, output) => sum + expected[output].length, 0)
  return { ok: bits && difference < 0.05 && network.deviceBytes === 0, adapter: network.adapter, isSoftware: support.isSoftware, values: values32, bits, difference, bytesLeft: network.deviceBytes }
}
`
const IN_PAGE = `import { webgpu } from '@onebit/kernels-webgpu'\nconst backendHere = async () => webgpu()`
const IN_NODE = `import { webgpu } from '@onebit/kernels-webgpu/node'\nconst backendHere = () => webgpu()`
const TELL = `smoke().catch((error) => ({ ok: false, error: String(error.stack ?? error) }))`

async function bundle(code, platform) {
  const dawn = createRequire(import.meta.resolve('@onebit/kernels-webgpu')).resolve('webgpu')
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    ...{ bundle: true, format: 'esm', platform, target: 'es2022', conditions: ['@onebit/source'], write: false },
    // The package has a native module beside its script, so it stays outside the bundle.
    plugins: [
      { name: 'dawn', setup: (esbuild) => esbuild.onResolve({ filter: /^webgpu$/ }, () => ({ path: dawn, external: true })) },
    ],
  })
  return outputFiles[0].text
}

/**
 * Runs a program, and ends it at a time limit.
 * @returns Its output, exit code and signal.
 */
function run(program, argv, { until } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data))
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT)
    until?.then(() => child.kill('SIGTERM'))
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      resolve({ text, code, signal })
    })
  })
}

async function inProgram(program, argv, code, folder) {
  const file = join(folder, 'smoke.mjs')
  await writeFile(
    file,
    `${await bundle(`${smokeWith(code)}\n${TELL}.then((found) => console.log('SMOKE ' + JSON.stringify(found)))`, 'node')}`,
  )
  const { text, code: status, signal } = await run(program, [...argv, file])
  const line = text.split('\n').find((one) => one.startsWith('SMOKE '))
  return line
    ? { ...JSON.parse(line.slice(6)), exit: signal ?? status }
    : { ok: false, exit: signal ?? status, text: text.slice(-2000) }
}

/**
 * Runs the checks in a page, which posts its result.
 * @param open Starts the browser at an address, until a promise resolves.
 */
async function inBrowser(open) {
  const script = await bundle(
    `${smokeWith(IN_PAGE)}\n${TELL}.then((found) => fetch('/found', { method: 'POST', body: JSON.stringify(found) }))`,
    'browser',
  )
  let tell
  const found = new Promise((resolve) => (tell = resolve))
  const server = createServer((request, response) => {
    if (request.url === '/found') {
      let text = ''
      request.on('data', (data) => (text += data)).on('end', () => tell(JSON.parse(text)))
      response.end()
    } else if (request.url === '/page.js') response.setHeader('Content-Type', 'text/javascript').end(script)
    else response.setHeader('Content-Type', 'text/html').end('<!doctype html><script type="module" src="/page.js"></script>')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const closed = open(`http://127.0.0.1:${server.address().port}/`, found)
  const result = await Promise.race([found, closed.then(({ text }) => ({ ok: false, text: text.slice(-2000) }))])
  await closed
  server.close()
  return result
}

/** Preferences for WebGPU in Firefox without a graphics card. */
const FIREFOX_PREFERENCES = {
  'dom.webgpu.enabled': true,
  'gfx.webgpu.ignore-blocklist': true,
  'dom.webgpu.service-workers.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'browser.shell.checkDefaultBrowser': false,
}

const ENGINES = {
  node: (folder, program = process.execPath) => inProgram(program, [], IN_NODE, folder),
  bun: (folder, program = 'bun') => inProgram(program, [], IN_NODE, folder),
  deno: (folder, program = 'deno') => inProgram(program, ['run', '-A'], IN_PAGE, folder),
  chromium: (folder, program = '/usr/bin/chromium') =>
    inBrowser((url, until) => {
      const flags = ['--headless', '--no-sandbox', '--enable-unsafe-webgpu', '--no-first-run', `--user-data-dir=${folder}`]
      return run(program, [...flags, url], { until })
    }),
  firefox: async (folder, program = 'firefox') => {
    const lines = Object.entries(FIREFOX_PREFERENCES).map(([name, value]) => `user_pref('${name}', ${value});`)
    await writeFile(join(folder, 'user.js'), `${lines.join('\n')}\n`)
    return inBrowser((url, until) => run(program, ['--headless', '--no-remote', '--profile', folder, url], { until }))
  },
}

const [engine, program] = process.argv.slice(2)
if (!Object.hasOwn(ENGINES, engine ?? '')) {
  console.error(`Give an engine: ${Object.keys(ENGINES).join(', ')}.`)
  process.exit(2)
}
const folder = await mkdtemp(join(tmpdir(), 'onebit-smoke-'))
try {
  const result = await ENGINES[engine](folder, program)
  console.log(engine, result)
  process.exitCode = result.ok ? 0 : 1
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

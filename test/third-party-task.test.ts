/**
 * Runs `examples/counting-task`, a task outside Onebit's packages, through the built command: trained on one thread and on two,
 * killed and resumed, frozen, measured, run, drawn and reported, with only `"plugins"` in its recipe.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { encodePng } from '@onebit/image'
import { testTask } from '@onebit/testkit'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const example = join(root, 'examples/counting-task')
const command = join(root, 'packages/cli/dist/main.js')
const PLUGIN = '@onebit/example-counting-task'

const isBuilt = existsSync(command)
if (!isBuilt && process.env.ONEBIT_REQUIRE_OPTIONAL === '1') throw new Error(`${command} is missing; run: npm run build`)

describe('the task in this process', async () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  const { counting } = await import(join(example, 'counting.mjs'))
  testTask(counting, {
    test,
    facts: { what: 'dots', most: 9 },
    annotations: [0, 4, 9],
    wrong: [-1, 10, 1.5, 'three'],
    perfect: (count) => ({ count: [count as number] }),
  })
})

describe.skipIf(!isBuilt)(`the built command${isBuilt ? '' : ' (skipped: it is not built; run: npm run build)'}`, () => {
  let folder: string
  let recipe: Record<string, unknown> & { training: Record<string, unknown> }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onebit-counting-'))
    await mkdir(join(folder, 'node_modules/@onebit'), { recursive: true })
    await symlink(example, join(folder, 'node_modules', PLUGIN), 'junction')
    recipe = JSON.parse(await readFile(join(example, 'recipe.json'), 'utf8'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** Without the export conditions of the tests, so that the published files run. */
  const environment = { ...process.env, NODE_OPTIONS: '' }
  const onebit = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [command, ...args], { cwd: folder, env: environment })).stdout

  const write = async (name: string, training: Record<string, unknown>): Promise<string> => {
    await writeFile(join(folder, name), JSON.stringify({ ...recipe, training: { ...recipe.training, ...training } }))
    return name
  }
  const weightsOf = (run: string): Promise<Buffer> => readFile(join(folder, run, 'weights.bin'))
  const recordOf = async (run: string) => JSON.parse(await readFile(join(folder, run, 'run.json'), 'utf8'))

  test('trains and learns to count', async () => {
    await onebit('train', await write('recipe.json', {}), '--out', 'run')
    const record = await recordOf('run')
    expect(record).toMatchObject({ task: 'counting', data: 'Dots', facts: { what: 'dots', most: 9 } })
    expect(record.metrics.map(({ name }: { name: string }) => name)).toEqual(['mean absolute error', 'exact'])
    // A constant prediction of the mean, 4.5, has an error of 2.5.
    expect(record.test['mean absolute error']).toBeLessThan(1.5)
    expect(record.epochs.at(-1).training['mean absolute error']).toBeGreaterThan(0)
  }, 120_000)

  test('is frozen, measured, run and drawn', async () => {
    await onebit('freeze', 'run', '--out', 'dots.safetensors')
    const measured = JSON.parse(await onebit('eval', 'dots.safetensors', '--plugin', PLUGIN, '--json'))
    const { test: trained } = await recordOf('run')
    expect(measured).toMatchObject({ task: 'counting', data: 'Dots', headline: 'mean absolute error', count: 100 })
    expect(measured.metrics['mean absolute error']).toBeCloseTo(trained['mean absolute error'], 3)

    // Three dots in positions of the training pictures, each in its own of three cells.
    const pixels = Uint8Array.from({ length: 24 * 24 }, (_, pixel) => {
      const [x, y] = [pixel % 24, Math.floor(pixel / 24)]
      return [3, 9, 15].some((center) => Math.hypot(x - center, y - center) <= 2) ? 200 : 28
    })
    await writeFile(join(folder, 'three.png'), encodePng({ data: pixels, width: 24, height: 24, channels: 1 }))
    const run = ['run', 'dots.safetensors', 'three.png', '--plugin', PLUGIN]
    const { prediction } = JSON.parse(await onebit(...run, '--json'))
    expect(prediction.what).toBe('dots')
    expect(prediction.count).toBeGreaterThan(1)
    expect(prediction.count).toBeLessThan(5)
    expect(await onebit(...run, '--draw', 'drawn.png')).toContain('dots')
    const png = await readFile(join(folder, 'drawn.png'))
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
    // Enlarged eight times, with a row below.
    expect(width).toBe(192)
    expect(height).toBeGreaterThan(192)
  }, 120_000)

  test('without its plugin, a file says which one is missing', async () => {
    const failed = await onebit('eval', 'dots.safetensors').then(
      () => undefined,
      (error: { stderr: string }) => error.stderr,
    )
    expect(failed).toContain(`--plugin ${PLUGIN}`)
    expect(failed).toContain("the task 'counting'")
  }, 60_000)

  test('is reported', async () => {
    await onebit('report', 'run')
    const html = await readFile(join(folder, 'run/report.html'), 'utf8')
    expect(html).toContain('mean absolute error')
    expect(html).toMatch(/\d\.\d dots/)
  }, 60_000)

  test('killed and resumed, ends with the weights of the run that was not', async () => {
    const args = [command, 'train', 'recipe.json', '--out', 'killed']
    const child = spawn(process.execPath, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    await new Promise<void>((resolve, reject) => {
      let text = ''
      const read = (chunk: Buffer): void => {
        text += chunk
        if (/epoch 2\/6/.test(text)) child.kill('SIGKILL')
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.on('exit', (code, signal) => (signal === 'SIGKILL' ? resolve() : reject(new Error(`It ended with ${code}: ${text}`))))
    })
    await onebit('train', '--resume', 'killed')
    expect((await weightsOf('killed')).equals(await weightsOf('run'))).toBe(true)
    expect((await recordOf('killed')).epochs).toHaveLength(6)
  }, 180_000)

  test('trains on two threads, the same each time', async () => {
    const file = await write('threads.json', { workers: 2, epochs: 2 })
    await onebit('train', file, '--out', 'threads', '--engine', 'wasm')
    await onebit('train', file, '--out', 'again', '--engine', 'wasm')
    const record = await recordOf('threads')
    expect(record.engine).toMatch(/on 2 threads/)
    expect(record.test['mean absolute error']).toBeLessThan(2.5)
    expect((await weightsOf('threads')).equals(await weightsOf('again'))).toBe(true)
  }, 180_000)
})

/** Human pose through the built command: train, freeze, measure on the kernels, run on a picture, draw a skeleton. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { encodePng } from '@onebit/image'
import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './support.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const isBuilt = existsSync(main)
if (!isBuilt && process.env.ONEBIT_REQUIRE_OPTIONAL === '1') throw new Error(`${main} is missing; run \`turbo build\`.`)

const title = isBuilt ? 'human pose' : 'human pose (skipped: dist is missing; run `turbo build`)'

describe.skipIf(!isBuilt)(title, { timeout: 240_000 }, async () => {
  const folder = await temporaryFolder()
  const onebit = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [main, ...args], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } }))
      .stdout
  const record = async () => JSON.parse(await readFile(join(folder, 'run/run.json'), 'utf8'))

  const recipe = {
    dataset: { name: 'synthetic-people', size: 32, train: 64, test: 12, batch: 8, joints: 'coco' },
    model: {
      network: { name: 'hourglass', width: 8, depth: 1, stacks: 2 },
      block: 'hierarchical',
      activation: 'approx-sign',
      weight: 'magnitude-aware-sign',
    },
    training: { epochs: 3, seed: 2, learningRate: 0.01, sigma: 1.5, losses: ['sigmoid-cross-entropy'] },
  }

  beforeAll(async () => {
    await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe))
    await onebit('train', 'recipe.json', '--out', 'run', '--engine', 'wasm', '--workers', '2')
  }, 240_000)

  test('trains on two threads: the loss falls, and metrics have their names', async () => {
    const { task, data, facts, epochs, test } = await record()
    expect({ task, data }).toEqual({ task: 'pose', data: 'Synthetic people' })
    // The network has one heat-map per joint of the data, although the recipe does not state the number.
    expect(facts.joints).toHaveLength(17)
    expect(epochs.at(-1).loss).toBeLessThan(0.9 * epochs[0].loss)
    expect(Object.keys(epochs[0].training)).toEqual(['PCK@0.1'])
    expect(Object.keys(test)).toEqual(['AP', 'AP50', 'AP75', 'APM', 'APL', 'AR', 'PCK@0.1'])
  })

  test('freezes, and the kernels give the metrics of training', async () => {
    await onebit('freeze', 'run', '--out', 'pose.safetensors')
    const measured = JSON.parse(await onebit('eval', 'pose.safetensors', '--json'))
    const { test } = await record()
    expect(measured).toMatchObject({ task: 'pose', headline: 'AP', count: 12 })
    expect(measured.metrics['PCK@0.1']).toBeCloseTo(test['PCK@0.1'], 1)
    expect(measured.tables[0].rows).toHaveLength(17)
  })

  test('measures with a flip test, which changes the figures a little', async () => {
    const [plain, flipped] = await Promise.all([
      onebit('eval', 'pose.safetensors', '--json'),
      onebit('eval', 'pose.safetensors', '--flip-test', '--json'),
    ])
    const [{ metrics: before }, { metrics: after, count }] = [plain, flipped].map((text) => JSON.parse(text))
    expect(count).toBe(12)
    expect(after).not.toEqual(before)
    expect(Math.abs(after['PCK@0.1'] - before['PCK@0.1'])).toBeLessThan(0.25)
  })

  test('runs on a picture of another size, gives joints in its pixels, and draws a skeleton', async () => {
    const [width, height] = [50, 80]
    const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 7) % 251)
    await writeFile(join(folder, 'picture.png'), encodePng({ data, width, height, channels: 3 }))
    const { prediction, task, rows } = JSON.parse(
      await onebit('run', 'pose.safetensors', 'picture.png', '--json', '--draw', 'drawn.png', '--top', '17'),
    )
    expect(task).toBe('pose')
    expect(rows).toHaveLength(17)
    expect(prediction.joints.map(({ joint }: { joint: string }) => joint).slice(0, 2)).toEqual(['nose', 'left eye'])
    for (const { y } of prediction.joints) expect(y).toBeLessThanOrEqual(height)
    const png = await readFile(join(folder, 'drawn.png'))
    expect(png.readUInt32BE(16)).toBe(4 * width)
  })

  test('is reported with its pictures', async () => {
    await onebit('report', 'run')
    const html = await readFile(join(folder, 'run/report.html'), 'utf8')
    expect(html).toMatch(/\d+ of 17 joints/)
    expect(html).toContain('AP50')
  })
})

/** Segmentation through the built command: the commands are those for classification, and only the data set differs. */
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

const title = isBuilt ? 'segmentation' : 'segmentation (skipped: dist is missing; run `turbo build`)'

describe.skipIf(!isBuilt)(title, { timeout: 180_000 }, async () => {
  const folder = await temporaryFolder()
  const onebit = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [main, ...args], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } }))
      .stdout
  const record = async () => JSON.parse(await readFile(join(folder, 'run/run.json'), 'utf8'))

  const recipe = {
    dataset: { name: 'fashion-scenes', size: 32, train: 80, test: 20, batch: 8, augment: [{ type: 'horizontal-flip' }] },
    model: {
      // Strides become dilation from the second stage on.
      network: { name: 'resnet-small', width: 8, stages: 3, outputStride: 4 },
      block: 'bi-real',
      activation: 'approx-sign',
      weight: 'magnitude-aware-sign',
      head: { name: 'segmentation', stride: 2 },
    },
    training: { epochs: 4, seed: 2, learningRate: 0.01, mixUp: 0.1 },
  }

  beforeAll(async () => {
    await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe))
    await onebit('train', 'recipe.json', '--out', 'run', '--engine', 'wasm')
  })

  test('trains: the loss falls, and metrics have their names', async () => {
    const { task, data, facts, epochs, test } = await record()
    expect({ task, data }).toEqual({ task: 'segment', data: 'Fashion scenes' })
    expect(facts.classes).toHaveLength(11)
    expect(epochs.at(-1).loss).toBeLessThan(0.8 * epochs[0].loss)
    expect(Object.keys(test)).toEqual(['mIoU', 'pixel accuracy'])
    // A network that predicts only ground would have a mean of about 0.7 / 11.
    expect(test.mIoU).toBeGreaterThan(0.065)
  })

  test('freezes, and the kernels give the metrics of training', async () => {
    await onebit('freeze', 'run', '--out', 'scenes.safetensors')
    const measured = JSON.parse(await onebit('eval', 'scenes.safetensors', '--json'))
    const { test } = await record()
    expect(measured).toMatchObject({ task: 'segment', headline: 'mIoU', count: 20 })
    expect(measured.metrics.mIoU).toBeCloseTo(test.mIoU, 2)
    expect(measured.tables[0].columns).toContain('IoU')
  })

  test('runs on a picture of another size, gives a mask of that size, and draws it', async () => {
    const [width, height] = [50, 40]
    const data = Uint8Array.from({ length: width * height }, (_, pixel) => (pixel % width < 20 ? 30 : 180))
    await writeFile(join(folder, 'picture.png'), encodePng({ data, width, height, channels: 1 }))
    const { prediction, task } = JSON.parse(await onebit('run', 'scenes.safetensors', 'picture.png', '--json'))
    expect({ task, width: prediction.width, height: prediction.height }).toEqual({ task: 'segment', width, height })
    const lengths = (prediction.runs as number[]).filter((_, index) => index % 2 === 1)
    expect(lengths.reduce((sum, length) => sum + length)).toBe(width * height)
    await onebit('run', 'scenes.safetensors', 'picture.png', '--draw', 'drawn.png')
    const png = await readFile(join(folder, 'drawn.png'))
    // The picture is enlarged four times, with the legend below.
    expect(png.readUInt32BE(16)).toBe(4 * width)
    expect(png.readUInt32BE(20)).toBeGreaterThan(4 * height)
  })

  test('is reported with its pictures', async () => {
    await onebit('report', 'run')
    const html = await readFile(join(folder, 'run/report.html'), 'utf8')
    expect(html).toContain('mIoU')
    expect(html).toMatch(/ground \d+ %/)
  })
})

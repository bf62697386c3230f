/**
 * Weights, frozen files and metrics of four recipes, down to the last bit, as the command produced them before it supported tasks
 * other than classification. They train with label smoothing, mix-up and averages; with augmentations and another optimizer; in
 * stages with distillers; on two threads.
 *
 * Two intended changes since then affect them. Adam computes 1 - beta in float64 (all recipes but `augmented`, which trains with
 * SGD), and the gates of real-to-binary start from He's normal distribution (`staged`). Without those two changes the bits are
 * still the original ones.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import golden from './golden.json' with { type: 'json' }

const command = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const run = promisify(execFile)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-golden-'))
})
afterAll(() => rm(folder, { recursive: true }))

const onebit = (...args: string[]) => run(process.execPath, [command, ...args], { cwd: folder })

const sha256 = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex')

test.each(Object.entries(golden))(
  '%s',
  async (name, { recipe, ...expected }) => {
    const [recipeFile, runFolder, frozen] = [`${name}.json`, name, `${name}.safetensors`].map((part) => join(folder, part))
    await writeFile(recipeFile, JSON.stringify(recipe))
    await onebit('train', recipeFile, '--out', runFolder, '--engine', 'wasm')
    await onebit('freeze', runFolder, '--out', frozen)
    const evaluated = await onebit('eval', frozen, '--json', '--backend', 'reference', '--limit', '200')
    const { epochs } = JSON.parse(await readFile(join(runFolder, 'run.json'), 'utf8'))
    expect({
      weights: await sha256(join(runFolder, 'weights.bin')),
      file: await sha256(frozen),
      accuracy: JSON.parse(evaluated.stdout).metrics.accuracy,
      epochs: epochs.map((epoch: Record<'training' | 'evaluation', { accuracy: number }> & { loss: number }) => ({
        loss: epoch.loss,
        training: epoch.training.accuracy,
        evaluation: epoch.evaluation.accuracy,
      })),
    }).toEqual(expected)
  },
  300_000,
)

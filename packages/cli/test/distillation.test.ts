/** Recipes with every kind of teacher, through the command. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readRun } from '@onebit/train'
import { beforeAll, describe, expect, it } from 'vitest'
import { onebit, TINY_NETWORK, temporaryFolder } from './support.ts'

const folder = await temporaryFolder()
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const at = (name: string): string => join(folder, name)

const common = {
  dataset: { name: 'fashion-mnist', batch: 16, limit: 64 },
  model: { network: TINY_NETWORK, block: 'bi-real', activation: 'approx-sign', weight: 'ste-sign' },
} as const

async function written(name: string, recipe: object): Promise<string> {
  await writeFile(at(name), JSON.stringify({ ...common, ...recipe }))
  return at(name)
}

async function trained(name: string, recipe: object, ...flags: string[]): Promise<string> {
  const file = await written(`${name}.json`, recipe)
  const { code, stderr } = await onebit('train', file, '--out', at(name), '--engine', 'wasm', ...flags)
  expect(code, stderr).toBe(0)
  return stderr
}

const weightsOf = (name: string): Promise<Buffer> => readFile(join(at(name), 'weights.bin'))

/** A real teacher of another width, a binary teacher, and the frozen file of the latter. */
beforeAll(async () => {
  const wide = { ...common.model, network: { ...TINY_NETWORK, width: 12 } }
  await trained('real', { model: wide, training: { epochs: 1, seed: 1 }, stages: [{ binary: 'none', activation: 'relu' }] })
  await trained('binary', { training: { epochs: 1, seed: 2 } })
  expect((await onebit('freeze', at('binary'), '--out', at('binary.safetensors'))).code).toBe(0)
}, 120_000)

const stagesWith = (teacher: unknown, losses: unknown[], more: object = {}): object => ({
  training: { epochs: 1, seed: 3 },
  stages: [
    { name: 'first', binary: 'none' },
    { name: 'second', from: 'scratch', binary: 'activations' },
    { name: 'third', from: 'scratch', teacher, losses: ['cross-entropy', ...losses], ...more },
  ],
})
const SOFT = { name: 'soft-labels', temperature: 3, weight: 2 }

describe('a recipe follows', () => {
  it.each<[string, unknown, unknown[]]>([
    [
      'a run of a real network, at its features, through an adapter',
      { run: 'real' },
      [SOFT, { name: 'feature-matching', weight: 0.1 }],
    ],
    ['a run of a binary network', { run: 'binary' }, [SOFT, { name: 'attention-matching', taps: ['stage2.block1'] }]],
    ['the frozen file of it', { frozen: 'binary.safetensors' }, [SOFT]],
    ['a saved model', { layersModel: 'binary' }, [{ name: 'logit-matching', form: 'distribution' }]],
    ['a stage before the one before', 'first', [SOFT]],
  ])('%s', async (title, teacher, losses) => {
    const [[key, value]] = Object.entries(teacher as object)
    const placed = typeof teacher === 'string' ? teacher : { [key]: at(value) }
    const name = title.replaceAll(/\W+/g, '-')
    await trained(name, stagesWith(placed, losses))
    const { stages, epochs } = await readRun(at(name))
    expect(epochs.every(({ loss }) => Number.isFinite(loss))).toBe(true)
    expect(stages[2].losses).toMatchObject([
      'cross-entropy',
      ...losses.map((loss) => ({ name: (loss as { name: string }).name })),
    ])
    // The student's network contains nothing of the teacher.
    const shapes = JSON.parse(await readFile(join(at(name), 'model.json'), 'utf8')).weightsManifest[0].weights
    const plain = JSON.parse(await readFile(join(at('binary'), 'model.json'), 'utf8')).weightsManifest[0].weights
    expect(shapes.map(({ shape }: { shape: number[] }) => shape)).toEqual(plain.map(({ shape }: { shape: number[] }) => shape))
  })

  it('a binary teacher and its frozen file with the same results', async () => {
    await trained('by-run', stagesWith({ run: at('binary') }, [SOFT]))
    await trained('by-model', stagesWith({ layersModel: at('binary') }, [SOFT]))
    expect(await weightsOf('by-run')).toEqual(await weightsOf('by-model'))
    const [run, frozen] = await Promise.all(['by-run', 'the-frozen-file-of-it'].map((name) => readRun(at(name))))
    expect(frozen.epochs[2].loss).toBeCloseTo(run.epochs[2].loss, 2)
  })

  it('a teacher with stored outputs, and resumes with the same bits', async () => {
    const recipe = stagesWith({ run: at('real') }, [SOFT], { cacheTeacher: true, epochs: 2 })
    const first = await trained('kept', recipe)
    expect(first).toMatch(
      /note {4}The outputs of the teacher of stage 'third' are computed once and stored: \S+ kB in '.*teacher-outputs/,
    )
    const files = await readdir(at('teacher-outputs'))
    expect(files.map((file) => file.split('.')[1]).sort()).toEqual(['json', 'rows'])
    const again = await trained('kept-again', recipe)
    expect(again).toMatch(/with 64 pictures so far/)
    expect(await weightsOf('kept-again')).toEqual(await weightsOf('kept'))
    await trained('not-kept', stagesWith({ run: at('real') }, [SOFT], { epochs: 2 }))
    expect(await weightsOf('not-kept')).toEqual(await weightsOf('kept'))
  })

  // Threads of a source process would need TypeScript.
  it.skipIf(!existsSync(main))('a frozen teacher on two threads, as the built command trains (needs: turbo build)', async () => {
    const taps = [{ student: 'stage1.block1', teacher: 'stage1.block1.conv2.add' }]
    const recipe = stagesWith({ frozen: at('binary.safetensors') }, [SOFT, { name: 'feature-matching', taps }])
    const file = await written('threads.json', {
      ...recipe,
      training: { epochs: 1, seed: 3, workers: 2, synchronizeBatchNorm: true },
    })
    const { NODE_OPTIONS: _, ...env } = process.env
    await promisify(execFile)(process.execPath, [main, 'train', file, '--out', at('threads'), '--engine', 'wasm'], { env })
    await trained('alone', recipe)
    const [threads, alone] = await Promise.all(['threads', 'alone'].map((name) => readRun(at(name))))
    expect(threads.engine).toMatch(/on 2 threads/)
    expect(threads.epochs[2].loss).toBeCloseTo(alone.epochs[2].loss, 1)
  })
})

describe('a recipe is refused with the place', () => {
  it.each<[string, object, RegExp]>([
    [
      'for an unknown stage',
      stagesWith('frist', [SOFT]),
      /stages\[2\]\.teacher[\s\S]*Did you mean 'first'|Did you mean 'first'[\s\S]*stages\[2\]\.teacher/,
    ],
    ['for a teacher with two keys', stagesWith({ run: 'a', frozen: 'b' }, [SOFT]), /A teacher has exactly one key/],
    ['for an unknown kind', stagesWith({ layerModel: 'a' }, [SOFT]), /layersModel/],
    ['for a missing run', stagesWith({ run: at('nowhere') }, [SOFT]), /There is no run in '.*nowhere'/],
    ['for a missing file', stagesWith({ frozen: at('nowhere') }, [SOFT]), /nowhere/],
    [
      'for taps of a teacher without features',
      stagesWith({ frozen: at('binary.safetensors') }, ['attention-matching']),
      /has no named features, so the taps cannot be chosen/,
    ],
    [
      'for a feature that one side lacks',
      stagesWith({ run: at('real') }, [{ name: 'attention-matching', taps: ['stage3.block1'] }]),
      /has no feature 'stage3\.block1' to compare[\s\S]*stage1\.block1/,
    ],
    [
      'for a value that the frozen file lacks',
      stagesWith({ frozen: at('binary.safetensors') }, [
        { name: 'attention-matching', taps: [{ student: 'stage1.block1', teacher: 'stage1.add' }] },
      ]),
      /There is no value 'stage1\.add' to tap in the frozen file/,
    ],
    ['for a cache without a teacher', stagesWith(undefined, [], { cacheTeacher: true }), /cacheTeacher/],
  ])('%s', async (_, recipe, message) => {
    const file = await written('refused.json', recipe)
    const { code, stderr } = await onebit('train', file, '--out', at('refused'), '--engine', 'wasm', '--force')
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})

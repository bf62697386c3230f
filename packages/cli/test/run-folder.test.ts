/** The run folder after a run was refused, stopped by a bad file, or continued. */
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { RunError } from '@onebit/train'
import { build } from 'esbuild'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { trainRun } from '../src/commands/train.ts'
import { defineRecipe, readRecipe } from '../src/recipe/read-recipe.ts'
import type { Recipe } from '../src/recipe/recipe.ts'
import { Shell } from '../src/shell.ts'
import { onebit, TINY_NETWORK, temporaryFolder } from './support.ts'

const folder = await temporaryFolder()
const silent = { write() {} }
const quiet = new Shell({ stdout: silent, stderr: silent })
const model = { network: TINY_NETWORK, block: 'bi-real' } as const
const recipe: Recipe = {
  dataset: { name: 'fashion-mnist', limit: 64, batch: 16 },
  model,
  training: { epochs: 3, seed: 2 },
}
const flags = ['--network', 'resnet-small:width=8,stages=2', '--limit', '64', '--batch', '16', '--epochs', '3', '--seed', '2']

/** Every file in a folder, with its content. */
async function contentOf(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'base64')])))
}

/** A shell that stops the run after a number of lines. */
function stoppingShell(after: number): Shell {
  const controller = new AbortController()
  let lines = 0
  const stderr = { write: () => void (++lines === after && controller.abort()) }
  return new Shell({ stdout: silent, stderr, signal: controller.signal })
}

describe('a refused run', () => {
  it('leaves an unfinished run as it was, recipe and checkpoints', async () => {
    const out = join(folder, 'unfinished')
    const first = await trainRun({ recipe: defineRecipe(recipe), out, engine: 'wasm', checkpointEvery: 1 }, stoppingShell(3))
    expect(first.interrupted).toBe(true)
    for (const file of ['run.json', 'log.jsonl']) await rm(join(out, file), { force: true })
    const before = await contentOf(out)
    expect(Object.keys(before).some((file) => file.includes('checkpoints'))).toBe(true)
    const other = defineRecipe({ ...recipe, training: { epochs: 1, seed: 9 } })
    await expect(trainRun({ recipe: other, out, engine: 'wasm' }, quiet)).rejects.toThrow(/did not finish.*--resume/s)
    expect(await contentOf(out)).toEqual(before)
    const { code, stderr } = await onebit('train', ...flags, '--out', out)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/UsageError: '.*' holds a run that did not finish/),
    })
    expect(await contentOf(out)).toEqual(before)
    expect((await onebit('train', '--resume', out)).code).toBe(0)
  })

  it('leaves a running run alone, even with --force', async () => {
    const out = join(folder, 'running')
    const controller = new AbortController()
    const shell = new Shell({ stdout: silent, stderr: silent, signal: controller.signal })
    const long = defineRecipe({ ...recipe, training: { epochs: 1000, seed: 2 } })
    const running = trainRun({ recipe: long, out, engine: 'wasm' }, shell)
    const hasBegun = async (): Promise<void> => {
      while (!(await readFile(join(out, 'recipe.json'), 'utf8').catch(() => '')))
        await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await hasBegun()
    const written = await readFile(join(out, 'recipe.json'), 'utf8')
    const other = defineRecipe({ ...recipe, training: { epochs: 1, seed: 9 } })
    const refused = trainRun({ recipe: other, out, engine: 'wasm', force: true }, quiet)
    await expect(refused).rejects.toThrow(RunError)
    expect(await readFile(join(out, 'recipe.json'), 'utf8')).toBe(written)
    controller.abort()
    expect((await running).interrupted).toBe(true)
  })

  it('leaves no folder, nor those above it, if it fails after it was announced and before its first step', async () => {
    const failing = {
      write: (text: string) => {
        if (text.startsWith('engine')) throw new RunError({ what: 'The pipe is closed.' })
      },
    }
    const shell = new Shell({ stdout: silent, stderr: failing })
    const out = join(folder, 'above', 'runs', 'first')
    await expect(trainRun({ recipe: defineRecipe(recipe), out, engine: 'cpu' }, shell)).rejects.toThrow(/pipe is closed/)
    await expect(readdir(join(folder, 'above'))).rejects.toThrow(/ENOENT/)
  })

  it('is refused before its data is read if --out is a file', async () => {
    const out = join(folder, 'file')
    await writeFile(out, 'mine')
    const { code, stderr } = await onebit('train', ...flags, '--out', out)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^UsageError: '.*' is a file, not a folder\./) })
    expect(await readFile(out, 'utf8')).toBe('mine')
  })

  it('makes no folder', async () => {
    const out = join(folder, 'none')
    const wrong = defineRecipe({ ...recipe, training: { epochs: 1, warmUp: 2 } })
    await expect(trainRun({ recipe: wrong, out }, quiet)).rejects.toThrow(/warmUp/)
    await expect(readdir(out)).rejects.toThrow(/ENOENT/)
  })
})

describe('an output', () => {
  it('replaces no file that the command reads', { timeout: 60_000 }, async () => {
    const [out, photo] = [join(folder, 'read'), join(folder, 'photo.png')]
    await trainRun({ recipe: defineRecipe({ ...recipe, training: { epochs: 1, seed: 2 } }), out, engine: 'wasm' }, quiet)
    expect((await onebit('freeze', out)).code).toBe(0)
    const frozen = join(out, 'model.safetensors')
    await sharp({ create: { width: 28, height: 28, channels: 3, background: 'red' } }).toFile(photo)
    const linked = join(folder, 'linked.png')
    await symlink(photo, linked)
    const before = [await contentOf(out), await readFile(photo)]
    for (const argv of [
      ...['run.json', 'model.json', 'weights.bin', 'recipe.json', 'log.jsonl'].flatMap((file) => [
        ['freeze', out, '--out', join(out, file)],
        ['report', out, '--out', join(out, '..', 'read', file)],
      ]),
      ['run', frozen, photo, '--draw', photo],
      ['run', frozen, photo, '--draw', linked],
      ['run', frozen, photo, '--draw', frozen],
    ]) {
      const { code, stdout, stderr } = await onebit(...argv)
      expect({ argv, code, stdout }).toEqual({ argv, code: 2, stdout: '' })
      expect(stderr).toMatch(/UsageError: '--(out|draw) .*' would replace '.*', which the command reads/)
    }
    expect([await contentOf(out), await readFile(photo)]).toEqual(before)
    // An older result is no input.
    expect((await onebit('freeze', out, '--out', frozen)).code).toBe(0)
  })

  it.each(['model.json', 'weights.bin'])("of train replaces no other program's %s, unless told to", async (file) => {
    const out = join(folder, `other-${file}`)
    await mkdir(out)
    await writeFile(join(out, file), 'precious')
    const small = defineRecipe({ ...recipe, training: { epochs: 1, seed: 2 } })
    await expect(trainRun({ recipe: small, out, engine: 'wasm' }, quiet)).rejects.toThrow(/belongs to no run.*--force/)
    expect(await contentOf(out)).toEqual({ [join(out, file)]: Buffer.from('precious').toString('base64') })
    await trainRun({ recipe: small, out, engine: 'wasm', force: true }, quiet)
    expect(await readdir(out)).toContain('run.json')
  })
})

describe('a resumed run', () => {
  const short = defineRecipe({ ...recipe, dataset: { ...recipe.dataset, limit: 16, batch: 8 } })
  const otherBits = 'will not end with the same bits'

  it.each(['cpu', 'wasm'] as const)('keeps its engine by default: %s', { timeout: 120_000 }, async (engine) => {
    const out = join(folder, `engine-${engine}`)
    await trainRun({ recipe: short, out, engine, checkpointEvery: 1 }, stoppingShell(3))
    const { code, stderr } = await onebit('train', '--resume', out)
    expect(code).toBe(0)
    expect(stderr).toMatch(new RegExp(`^engine {2}${engine}`, 'm'))
    expect(stderr).not.toContain(otherBits)
  })

  it('takes another engine if it is told to, with a warning', { timeout: 120_000 }, async () => {
    const out = join(folder, 'other-engine')
    await trainRun({ recipe: short, out, engine: 'cpu', checkpointEvery: 1 }, stoppingShell(3))
    const { code, stderr } = await onebit('train', '--resume', out, '--engine', 'wasm')
    expect(code).toBe(0)
    expect(stderr).toMatch(/^engine {2}wasm/m)
    expect(stderr).toContain(otherBits)
  })

  it.each<[string, string, number, readonly string[], boolean]>([
    ['a process on another machine', 'elsewhere.example', 10, [], false],
    ['a process on another machine, if it is told to', 'elsewhere.example', 10, ['--take-over'], true],
    ['a process on another machine that gave no sign for a minute', 'elsewhere.example', 61, [], true],
    ['another process with the number of the one that was killed', hostname(), 61, [], true],
  ])(
    'takes the folder over only from a process that is gone, or if told to: %s',
    { timeout: 60_000 },
    async (_, host, seconds, more, isTaken) => {
      const out = join(folder, `locked-${host}-${seconds}-${more.length}`)
      await trainRun({ recipe: short, out, engine: 'wasm', checkpointEvery: 1 }, stoppingShell(3))
      const lock = join(out, 'run.lock')
      await writeFile(lock, JSON.stringify({ pid: process.ppid, host }))
      const then = Date.now() / 1000 - seconds
      await utimes(lock, then, then)
      const { code, stderr } = await onebit('train', '--resume', out, ...more)
      expect(code, stderr).toBe(isTaken ? 0 : 2)
      if (!isTaken) expect(stderr).toMatch(/on 'elsewhere.example' is training into.*--take-over/s)
      expect((await readdir(out)).includes('run.lock')).toBe(!isTaken)
    },
  )
})

describe('a bad file', () => {
  let decodeWorker: URL
  beforeAll(async () => {
    const outfile = join(folder, 'decode-worker.mjs')
    const entry = fileURLToPath(new URL('../../data/src/images/decode-worker.ts', import.meta.url))
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', conditions: ['@onebit/source'], outfile })
    decodeWorker = pathToFileURL(outfile)
  })

  async function photographs(name: string): Promise<Recipe> {
    const root = join(folder, name)
    for (const [label, part] of ['dark', 'light'].entries()) {
      await mkdir(join(root, part), { recursive: true })
      for (let image = 0; image < 12; image++) {
        const background = { r: 30 + 150 * label + image, g: 20, b: 20 }
        await sharp({ create: { width: 20, height: 18, channels: 3, background } }).toFile(join(root, part, `${image}.png`))
      }
    }
    const dataset = { name: 'image-folder', folder: root, size: 16, batch: 4, workers: 1, holdOut: 4 }
    // With this seed, the bad file comes after a checkpoint.
    return { dataset, model, training: { epochs: 2, seed: 5 } }
  }

  it('ends the run with advice, and the run can be continued', { timeout: 60_000 }, async () => {
    const photographed = await photographs('bad')
    const out = join(folder, 'bad-run')
    await writeFile(join(folder, 'bad', 'dark', '11.png'), 'no image')
    const options = { out, engine: 'wasm', decodeWorker, checkpointEvery: 1 } as const
    const failing = trainRun({ ...options, recipe: defineRecipe(photographed) }, quiet)
    await expect(failing).rejects.toThrow(/11.png.*onebit train --resume .*bad-run.*--bad-files skip/s)

    const going = { ...options, recipe: await readRecipe(join(out, 'recipe.json')), resume: true }
    await expect(trainRun(going, quiet)).rejects.toThrow(/11.png/)
    const done = await trainRun({ ...going, badFiles: 'skip' }, quiet)
    expect({ interrupted: done.interrupted, epochs: done.epochs.length }).toEqual({ interrupted: false, epochs: 2 })
    expect(JSON.parse(await readFile(join(out, 'recipe.json'), 'utf8')).dataset.badFiles).toBe('throw')
  })

  it('leaves no occupied folder before the first step', { timeout: 60_000 }, async () => {
    const photographed = await photographs('first')
    const out = join(folder, 'first-run')
    for (let image = 0; image < 12; image++) await writeFile(join(folder, 'first', 'dark', `${image}.png`), 'no image')
    const options = { recipe: defineRecipe(photographed), out, engine: 'wasm', decodeWorker } as const
    await expect(trainRun(options, quiet)).rejects.toThrow(/cannot be decoded/)
    await photographs('first')
    const again = await trainRun(options, quiet)
    expect(again.interrupted).toBe(false)
  })

  it('can be skipped with a flag, also with --resume', async () => {
    const { stdout } = await onebit('recipe', '--data', 'image-folder', '--data-folder', 'x', '--bad-files', 'skip')
    expect(JSON.parse(stdout).dataset.badFiles).toBe('skip')
    const refused = await onebit('train', '--resume', join(folder, 'bad-run'), '--size', '8')
    expect(refused.stderr).toMatch(/'--size' cannot be combined with --resume/)
    const wrong = await onebit('train', '--resume', join(folder, 'bad-run'), '--bad-files', 'ignore')
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/'throw' or 'skip'/) })
  })
})

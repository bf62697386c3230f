/** Damaged run folders: a typed error refuses each, whatever was cut, flipped or replaced. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import blocks from '@onebit/blocks'
import classify, { classifierMetadata } from '@onebit/classify'
import { costOf, createRegistry, OnebitError, writeModel } from '@onebit/core'
import { freeze, registerLayers } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import { CheckpointError, loadSavedModel, RunError, readRun, renderReport, trainStages } from '@onebit/train'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../src/checkpoint/checkpoint-file.ts'
import { smallRun } from './small-run.ts'

const SEED = Number(process.env.ONEBIT_SEED ?? Date.now() % 2 ** 31)
const FILES = ['run.json', 'model.json', 'weights.bin'] as const
type FileName = (typeof FILES)[number]

/** mulberry32, as integers below a bound. */
function seeded(seed: number): (bound: number) => number {
  let state = seed | 0
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return ((word ^ (word >>> 14)) >>> 0) % bound
  }
}

let home: string
let whole: string
let folder: string
const original = new Map<FileName, Uint8Array>()

beforeAll(async () => {
  registerLayers(createRegistry([quantizers, blocks, classify]))
  home = await mkdtemp(join(tmpdir(), 'onebit-damaged-'))
  whole = join(home, 'whole')
  folder = join(home, 'damaged')
  const { stages, ...options } = smallRun()
  const { model } = await trainStages({ ...options, stages: [{ ...stages[0], average: undefined }], out: whole })
  model.dispose()
  for (const file of FILES) original.set(file, Uint8Array.from(await readFile(join(whole, file))))
}, 120_000)

afterAll(() => rm(home, { recursive: true, force: true }))

/** The ways in which `freeze` and `report` use a run. */
async function use(path: string): Promise<void> {
  const run = await readRun(path)
  const model = await loadSavedModel(path)
  try {
    const metadata = classifierMetadata({
      name: run.data,
      facts: run.facts as { classes: string[] },
      test: run,
      background: run.background,
    })
    const { graph } = freeze(model, { metadata })
    costOf(graph)
    writeModel(graph)
    renderReport('run', run)
  } finally {
    model.dispose()
  }
}

async function outcome(changes: Partial<Record<FileName, Uint8Array | string>>): Promise<OnebitError | undefined> {
  await cp(whole, folder, { recursive: true })
  for (const [file, content] of Object.entries(changes)) await writeFile(join(folder, file), content)
  try {
    await use(folder)
    return undefined
  } catch (error) {
    return error as OnebitError
  }
}

function record(change: (run: Record<string, unknown>) => void): string {
  const run = JSON.parse(new TextDecoder().decode(original.get('run.json')))
  change(run)
  return JSON.stringify(run)
}

/** A run from before checksums existed. */
const unsealed = (): string => record((run) => delete run.checksums)

describe('a run folder', () => {
  test('that is whole is used, also without checksums and in the text encoding of PowerShell', async () => {
    expect(await outcome({})).toBeUndefined()
    expect(await outcome({ 'run.json': unsealed() })).toBeUndefined()
    const wide = Buffer.from(`\uFEFF${record(() => {})}`, 'utf16le')
    expect(await outcome({ 'run.json': wide })).toBeUndefined()
  })

  test.each<[string, () => Partial<Record<FileName, Uint8Array | string>>, RegExp]>([
    [
      'weights cut by a byte',
      () => ({ 'weights.bin': original.get('weights.bin')!.slice(0, -1) }),
      /weights.bin is not the file that the run wrote/,
    ],
    [
      'weights cut by a byte, in an old run',
      () => ({ 'weights.bin': original.get('weights.bin')!.slice(0, -1), 'run.json': unsealed() }),
      /weights.bin has \d+ bytes, not \d+/,
    ],
    [
      'a flipped bit in the weights',
      () => ({ 'weights.bin': original.get('weights.bin')!.map((byte, index) => (index === 1000 ? byte ^ 0x40 : byte)) }),
      /weights.bin is not the file/,
    ],
    ['an empty model', () => ({ 'model.json': '', 'run.json': unsealed() }), /model.json is not valid JSON/],
    ['a model of null', () => ({ 'model.json': 'null', 'run.json': unsealed() }), /model.json has null/],
    ['an empty record', () => ({ 'run.json': '' }), /damaged: it is not valid JSON/],
    ['a record of null', () => ({ 'run.json': 'null' }), /not a run of this version/],
    ['epochs of text', () => ({ 'run.json': record((run) => (run.epochs = 'many')) }), /damaged at 'epochs'.*a list.*"many"/],
    [
      'a picture that would write into the page',
      () => ({ 'run.json': record((run) => ((run.samples as { png: string }[])[0].png = '"><script>')) }),
      /damaged at 'samples\[0\].png'/,
    ],
  ])('with %s is refused', async (_, changes, message) => {
    const error = await outcome(changes())
    expect(RunError.isInstance(error), String(error)).toBe(true)
    expect(error!.message).toMatch(message)
  })

  test.each<[string, (layers: { name: string; inbound_nodes: unknown[][][] }[]) => void, RegExp]>([
    [
      'a name that no layer has',
      (layers) => (layers[3].inbound_nodes[0][0][0] = 'nobody'),
      /reads from 'nobody', which does not exist/,
    ],
    ['a layer that reads itself', (layers) => (layers[3].inbound_nodes[0][0][0] = layers[3].name), /waits for itself/],
    ['a call that is not made', (layers) => (layers[3].inbound_nodes[0][0][1] = 7), /waits for itself or for a call/],
    ['a call that cannot be', (layers) => (layers[3].inbound_nodes[0][0][1] = -1), /a call of '.*' that cannot be/],
    ['inputs of text', (layers) => (layers[3].inbound_nodes = 'x' as never), /has no proper 'inbound_nodes'/],
    ['two layers of one name', (layers) => (layers[4].name = layers[3].name), /two of its layers have one name/],
  ])('whose model has %s is refused and does not hang', async (_, change, message) => {
    const model = JSON.parse(new TextDecoder().decode(original.get('model.json')))
    change(model.modelTopology.config.layers)
    const error = await outcome({ 'model.json': JSON.stringify(model), 'run.json': unsealed() })
    expect(RunError.isInstance(error), String(error)).toBe(true)
    expect(error!.message).toMatch(message)
  })
})

/** Every path to a value in JSON. */
function* places(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, part] of Object.entries(value)) yield* places(part, [...path, Array.isArray(value) ? Number(key) : key])
}

function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  if (path.length === 0) return by
  const copy = structuredClone(value) as Record<string, unknown>
  let parent = copy
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>
  if (by === undefined) delete parent[path.at(-1)!]
  else parent[path.at(-1)!] = by
  return copy
}

const STRANGERS: readonly unknown[] = [undefined, null, -1, 0, 1.5, 1e9, 'x', '', true, [], [null], {}, [[['x', 0, 0]]]]

describe('a fuzzed run folder', () => {
  async function expectTyped(changes: Partial<Record<FileName, Uint8Array | string>>, what: string): Promise<void> {
    const error = await outcome(changes)
    if (error) expect(OnebitError.isInstance(error), `${what}, ONEBIT_SEED=${SEED}: ${(error as Error).stack}`).toBe(true)
  }

  test('cut or flipped anywhere ends in a typed error or in the same run', async () => {
    const random = seeded(SEED)
    for (let round = 0; round < 60; round++) {
      const file = FILES[round % 3]
      const bytes = original.get(file)!.slice()
      const at = random(bytes.length)
      const cut = random(2) === 0
      if (!cut) bytes[at] ^= 1 << random(8)
      const old: Partial<Record<FileName, string>> = random(2) === 0 && file !== 'run.json' ? { 'run.json': unsealed() } : {}
      await expectTyped({ ...old, [file]: cut ? bytes.slice(0, at) : bytes }, `${file} ${cut ? 'cut' : 'flipped'} at ${at}`)
    }
  }, 120_000)

  test.each(['run.json', 'model.json'] as const)(
    'with any value of %s replaced ends in a typed error',
    async (file) => {
      const random = seeded(SEED + 1)
      const value = JSON.parse(new TextDecoder().decode(original.get(file)))
      const paths = [...places(value)]
      for (let round = 0; round < 60; round++) {
        const path = paths[random(paths.length)]
        const by = STRANGERS[random(STRANGERS.length)]
        const changed = JSON.stringify(replaced(value, path, by)) ?? ''
        const old = file === 'model.json' ? { 'run.json': unsealed() } : {}
        await expectTyped({ ...old, [file]: changed }, `${file} at ${path.join('.')} = ${JSON.stringify(by)}`)
      }
    },
    240_000,
  )
})

describe('a checkpoint', () => {
  const good = encodeCheckpoint({ state: { step: 3 }, tensors: new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]) })

  test.each(['null', '[]', '1', '"x"', '{}', '{"__metadata__":null}', '{"__metadata__":{"onebit":1}}'])(
    'with the header %s is refused',
    (header) => {
      const bytes = new Uint8Array(8 + header.length)
      new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
      bytes.set(new TextEncoder().encode(header), 8)
      expect(() => decodeCheckpoint(bytes, 'c')).toThrow(CheckpointError)
    },
  )

  test('with any byte changed, or cut anywhere, is refused or the same', () => {
    const random = seeded(SEED + 2)
    for (let at = 0; at < good.length; at++) {
      for (const bytes of [good.slice(0, at), good.map((byte, index) => (index === at ? byte ^ (1 + random(255)) : byte))]) {
        try {
          expect(decodeCheckpoint(bytes, 'c').state).toEqual({ step: 3 })
        } catch (error) {
          expect(CheckpointError.isInstance(error), `byte ${at}, ONEBIT_SEED=${SEED}: ${(error as Error).stack}`).toBe(true)
        }
      }
    }
  })
})

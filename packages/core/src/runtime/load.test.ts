import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { floatTensor, plainSign, Random } from '@onebit/testkit/random'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { KernelBackend } from '../contracts/kernel-backend.ts'
import { BackendUnsupportedError, DisposedError, FileError, InputError, ModelFormatError } from '../errors.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { typeGraph } from '../graph/typed-graph.ts'
import { readModel } from '../model-file/read-model.ts'
import { saveModel, writeFileAtomically } from '../model-file/save-model.ts'
import { writeModel } from '../model-file/write-model.ts'
import { reference } from '../reference/reference-backend.ts'
import { compileGraph, explainGraph, load, readModelFile } from './load.ts'

const builder = new GraphBuilder()
builder.input('x', [3])
builder.node('dense', { name: 'dense', inputs: ['x'], tensors: { weights: floatTensor([3, 400], new Random(3).floats(1200)) } })
builder.node('threshold', { name: 'sign', inputs: ['dense'], tensors: plainSign() })
builder.output('scores', 'dense')
builder.output('bits', 'sign')
builder.metadata({ task: 'classify' })
const graph = builder.build()
const bytes = writeModel(graph)

let folder: string
let path: string
let address: string
const server = createServer((request, response) => {
  if (request.url === '/model') response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  else if (request.url === '/slow') response.writeHead(200).write(bytes.subarray(0, 100))
  else response.writeHead(404).end('no')
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-core-'))
  path = join(folder, 'model.safetensors')
  await saveModel(graph, path)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('load', () => {
  it.each([
    ['a path', () => path],
    ['a file URL', () => pathToFileURL(path)],
    ['a file URL in text', () => pathToFileURL(path).href],
    ['an address', () => `${address}/model`],
    ['a URL', () => new URL(`${address}/model`)],
    ['an ArrayBuffer', () => bytes.slice().buffer],
    ['a Uint8Array', () => bytes],
    ['a Blob', () => new Blob([bytes as BlobPart])],
    ['a Response', () => new Response(bytes as BodyInit)],
  ])('reads %s', async (_, source) => {
    const network = await load(source(), { backend: reference })
    expect(network.inputs).toEqual([{ name: 'x', shape: [3] }])
    expect(network.outputs).toEqual([
      { name: 'scores', shape: [400], dtype: 'float32' },
      { name: 'bits', shape: [400], dtype: 'bit' },
    ])
    expect(network.metadata).toEqual({ task: 'classify' })
    const { scores, bits } = await network.run({ x: Float32Array.of(1, 0, -1, 0, 0, 0) })
    expect([scores.length, bits]).toEqual([800, Int8Array.from(scores, (x) => (x >= 0 ? 1 : -1))])
    expect(network.explain().map(({ node }) => node)).toEqual(['dense', 'sign'])
  })

  it('hands the backend the types that reading has found', async () => {
    const compile = vi.fn(reference.compile)
    await load(bytes, { backend: { ...reference, compile } })
    const [[typed]] = compile.mock.calls
    expect(typeGraph(typed)).toBe(typed)
    const { types } = typeGraph(readModel(bytes))
    expect(typed).toMatchObject({ types })
  })

  it('explains a graph that is not run', async () => {
    const dispose = vi.fn()
    const backend: KernelBackend = {
      ...reference,
      compile: async (given) => ({ ...(await reference.compile(given)), explanations: [], run: async () => ({}), dispose }),
    }
    expect((await explainGraph(graph, reference)).map(({ op }) => op)).toEqual(['dense', 'threshold'])
    await explainGraph(graph, backend)
    expect(dispose).toHaveBeenCalledOnce()
  })

  it('runs no more once disposed', async () => {
    const network = await load(bytes, { backend: reference })
    network.dispose()
    network.dispose()
    await expect(network.run({ x: new Float32Array(3) })).rejects.toThrow(DisposedError)
  })

  it('checks the backend before it reads anything', async () => {
    const backend = { ...reference, isSupported: async () => ({ supported: false, reason: 'no GPU.' }) as const }
    await expect(load('nowhere', { backend })).rejects.toThrow(BackendUnsupportedError)
    await expect(load('nowhere', { backend })).rejects.toThrow(/'reference' cannot run here: no GPU\./)
  })

  it('tells how far it is', async () => {
    for (const source of [path, `${address}/model`, new Blob([bytes as BlobPart])]) {
      const onProgress = vi.fn()
      await readModelFile(source, { onProgress })
      expect(onProgress).toHaveBeenLastCalledWith({ loaded: bytes.length, total: bytes.length })
    }
  })

  it.each([
    ['before it starts', () => AbortSignal.abort(new Error('stop'))],
    ['while a server dawdles', () => AbortSignal.timeout(50)],
  ])('stops %s', async (_, signal) => {
    const given = signal()
    await expect(load(`${address}/slow`, { backend: reference, signal: given })).rejects.toSatisfy(
      (error) => error === given.reason,
    )
  })

  it.each([
    ['a missing file', () => join(folder, 'none'), /none' could not be read.*no such file or folder\./],
    ['a folder', () => folder, /could not be read.*folder; give the path of a file/],
    ['a missing page', () => `${address}/none`, /the server answers 404 Not Found\. Check the address\./],
    ['an unreachable server', () => 'http://127.0.0.1:1/model', /could not be reached.*Check the address/],
    ['a number', () => 7 as never, /a path, a URL.*received 7/],
  ])('refuses %s', async (_, source, message) => {
    await expect(readModelFile(source())).rejects.toThrow(FileError)
    await expect(readModelFile(source())).rejects.toThrow(message)
  })

  it('names the file that is broken', async () => {
    const broken = join(folder, 'broken.safetensors')
    await writeFile(broken, bytes.subarray(0, -1))
    await expect(readModelFile(broken)).rejects.toThrow(ModelFormatError)
    await expect(readModelFile(broken)).rejects.toThrow(/broken\.safetensors: tensor 'sign.first' ends at byte/)
  })

  it('works where there are no files, as in a browser', async () => {
    vi.stubGlobal('process', undefined)
    try {
      await expect(readModelFile(bytes)).resolves.toMatchObject({ metadata: { task: 'classify' } })
      await expect(saveModel(graph, 'x')).rejects.toThrow(/no files here/)
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('inputs', () => {
  it.each([
    ['a missing one', {}, /Input 'x' is missing/],
    ['an unknown one', { x: new Float32Array(3), y: new Float32Array(3) }, /no input 'y'/],
    ['another type', { x: [1, 2, 3] }, /wrong type.*received \[1,2,3\]/],
    ['a wrong length', { x: new Float32Array(4) }, /multiple of 3.*received 4/],
    ['no values', { x: new Float32Array(0) }, /wrong length/],
    ['a NaN', { x: Float32Array.of(0, Number.NaN, 0) }, /not finite at index 1/],
  ])('refuse %s', async (_, inputs, message) => {
    const network = await load(bytes, { backend: reference })
    await expect(network.run(inputs as never)).rejects.toThrow(InputError)
    await expect(network.run(inputs as never)).rejects.toThrow(message)
  })

  it('refuse inputs of different batches, whichever is larger', async () => {
    const builder = new GraphBuilder()
    builder.input('left', [2])
    builder.input('right', [3])
    builder.output('both', builder.node('concat', { inputs: ['left', 'right'], attributes: { axis: 0 } }))
    const network = await compileGraph(builder.build(), reference)
    const run = (left: number, right: number) =>
      network.run({ left: new Float32Array(2 * left), right: new Float32Array(3 * right) })
    expect((await run(2, 2)).both).toHaveLength(10)
    await expect(run(1, 2)).rejects.toThrow(/Input 'right' has another batch.*Expected 1, received 2/)
    await expect(run(2, 1)).rejects.toThrow(/Input 'right' has another batch.*Expected 2, received 1/)
  })

  it('are refused wherever one is not finite', async () => {
    const network = await load(bytes, { backend: reference })
    for (let bad = 0; bad < 9; bad++) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const x = new Float32Array(9).fill(3e38)
        x[bad] = value
        await expect(network.run({ x })).rejects.toThrow(`not finite at index ${bad}`)
      }
    }
  })

  it('let a NaN through on demand', async () => {
    const network = await load(bytes, { backend: reference })
    await expect(network.run({ x: Float32Array.of(0, Number.NaN, 0) }, { validate: false })).resolves.toBeDefined()
  })
})

describe('saveModel', () => {
  it('replaces a file, and leaves no other', async () => {
    const place = join(folder, 'replace')
    await mkdir(place)
    await writeFile(join(place, 'm'), 'old')
    await saveModel(graph, join(place, 'm'))
    expect(new Uint8Array(await readFile(join(place, 'm')))).toEqual(bytes)
    expect(await readdir(place)).toEqual(['m'])
  })

  it('says that a folder is missing', async () => {
    await expect(saveModel(graph, join(folder, 'none', 'm'))).rejects.toThrow(FileError)
    await expect(saveModel(graph, join(folder, 'none', 'm'))).rejects.toThrow(/could not be written.*no such file or folder/)
  })

  it.each([
    ['the folder is locked', 'open', 'EACCES', /permissions/],
    ['the disk fills up', 'rename', 'ENOSPC', /disk is full/],
    ['something else happens', 'rename', 'EIO', /EIO: injected/],
  ] as const)('keeps the old file and leaves no other when %s', async (_, operation, code, message) => {
    const place = join(folder, `fail-${code}`)
    await mkdir(place)
    await writeFile(join(place, 'm'), 'old')
    const files = process.getBuiltinModule('node:fs/promises')
    const real = process.getBuiltinModule.bind(process)
    const failing = async (): Promise<never> => {
      throw Object.assign(new Error(`${code}: injected`), { code })
    }
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
      name === 'node:fs/promises' ? { ...files, [operation]: failing } : real(name)) as never)
    await expect(saveModel(graph, join(place, 'm'))).rejects.toThrow(FileError)
    await expect(saveModel(graph, join(place, 'm'))).rejects.toThrow(message)
    expect(await readFile(join(place, 'm'), 'utf8')).toBe('old')
    expect(await readdir(place)).toEqual(['m'])
  })

  it('cannot overwrite a folder', async () => {
    const place = join(folder, 'taken')
    await mkdir(join(place, 'm', 'inside'), { recursive: true })
    await expect(writeFileAtomically(join(place, 'm'), bytes)).rejects.toThrow(FileError)
    expect(await readdir(place)).toEqual(['m'])
  })
})

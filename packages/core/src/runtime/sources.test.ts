/** Unusual sources of models: other realms, shared memory, pages that a test runner simulates, broken connections. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { floatTensor } from '@onebit/testkit/random'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { FileError, InputError, LimitError, OptionError } from '../errors.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { readModel } from '../model-file/read-model.ts'
import { saveModel } from '../model-file/save-model.ts'
import { writeModel } from '../model-file/write-model.ts'
import { reference } from '../reference/reference-backend.ts'
import { compileGraph, load, readModelFile } from './load.ts'
import { readSource } from './read-source.ts'

const builder = new GraphBuilder()
builder.input('x', [2])
builder.node('dense', {
  name: 'dense',
  inputs: ['x'],
  tensors: { weights: floatTensor([2, 64], new Float32Array(128).fill(0.5)) },
})
builder.output('y', 'dense')
builder.metadata({ note: 'Zürich 🥾' })
const graph = builder.build()
const bytes = writeModel(graph)

let folder: string
let path: string
let address: string
const server = createServer((request, response) => {
  const url = request.url ?? ''
  if (url === '/model') response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  else if (url === '/breaks') {
    response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 100))
    setTimeout(() => response.destroy(), 20)
  } else if (url === '/endless') {
    const chunk = new Uint8Array(1 << 16)
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more)
    response.writeHead(200)
    more()
  } else response.writeHead(404).end()
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-sources-'))
  path = join(folder, 'run-10:30.model')
  await saveModel(graph, path)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})
afterEach(() => vi.unstubAllGlobals())

/** Evaluates code in a realm of its own, which shares none of our constructors. */
function elsewhere(code: string): unknown {
  return runInContext(code, createContext({ Response, Blob, URL, data: Array.from(bytes), path, pathToFileURL }))
}

/** An object with the parts of `given` that is no instance of its class, as one of an iframe. */
function foreign<Given extends object>(tag: string, given: Given): Given {
  const parts = new Proxy(Object.create(null, { [Symbol.toStringTag]: { value: tag } }), {
    get: (target, key) => {
      const value = key in target ? target[key] : Reflect.get(given, key, given)
      return typeof value === 'function' ? value.bind(given) : value
    },
  })
  expect(parts instanceof (given.constructor as new () => object)).toBe(false)
  return parts
}

describe('bytes of another realm and shared memory', () => {
  it.each([
    ['a Uint8Array of another realm', () => elsewhere('Uint8Array.from(data)')],
    [
      'a view in the middle of a buffer of another realm',
      () => elsewhere('Uint8Array.from([0, 0, 0, ...data, 0]).subarray(3, -1)'),
    ],
    ['an ArrayBuffer of another realm', () => elsewhere('Uint8Array.from(data).buffer')],
    ['a DataView', () => new DataView(bytes.slice().buffer)],
    ['a Node Buffer', () => Buffer.from(bytes)],
    ['a SharedArrayBuffer', () => shared().buffer],
    ['a view of shared memory', () => shared()],
    ['a Response of another realm', () => foreign('Response', new Response(bytes as BodyInit))],
    ['a Blob of another realm', () => foreign('Blob', new Blob([bytes as BlobPart]))],
    ['a File of another realm', () => foreign('File', new File([bytes as BlobPart], 'model'))],
    ['what calls itself a URL', () => ({ [Symbol.toStringTag]: 'URL', href: pathToFileURL(path).href })],
    [
      'a Blob without a stream, as jsdom has',
      () => ({ [Symbol.toStringTag]: 'Blob', size: bytes.length, arrayBuffer: async () => bytes.slice().buffer }),
    ],
  ])('%s is read', async (_, source) => {
    expect((await readModelFile(source() as never)).metadata).toEqual(graph.metadata)
  })

  function shared(): Uint8Array {
    const view = new Uint8Array(new SharedArrayBuffer(bytes.length))
    view.set(bytes)
    return view
  }

  it('shared memory is read once: whoever changes it later changes no model', async () => {
    const view = shared()
    const read = await readSource(view)
    view.fill(0)
    expect(read).toEqual(bytes)
    expect(read.buffer).toBeInstanceOf(ArrayBuffer)
  })

  it('the inputs of a run may come from there, too', async () => {
    const network = await load(bytes, { backend: reference })
    const { y } = await network.run({ x: elsewhere('Float32Array.of(1, 3)') as Float32Array })
    expect(Array.from(y)).toEqual(new Array(64).fill(2))
  })

  it('a realm without TextDecoder reads and writes the same', () => {
    vi.stubGlobal('TextDecoder', undefined)
    vi.stubGlobal('TextEncoder', undefined)
    expect(readModel(bytes).metadata).toEqual(graph.metadata)
    expect(writeModel(graph)).toEqual(bytes)
  })

  it.each([['Float64Array.of(1)'], ['new Map()'], ['[1, 2]'], ['null']])('%s is no model, and named', async (code) => {
    await expect(readModelFile(elsewhere(code) as never)).rejects.toThrow(FileError)
    expect(() => readModel(elsewhere(code) as never)).toThrow(FileError)
  })
})

describe('paths and addresses', () => {
  it('a colon in a file name makes no address', async () => {
    expect((await readModelFile(path)).metadata).toEqual(graph.metadata)
    await expect(readModelFile('run-10:30/model')).rejects.toThrow(/'run-10:30\/model' could not be read.*no such file/)
  })

  it.each(['http://localhost:3000/app/', 'about:blank'])(
    'in a page at %s a text is an address, also where Node has files',
    async (baseURI) => {
      vi.stubGlobal('document', { baseURI })
      const asked = vi.fn(async () => new Response(bytes as BodyInit))
      vi.stubGlobal('fetch', asked)
      if (baseURI === 'about:blank')
        await expect(readModelFile('/m')).rejects.toThrow(/not an address on the page 'about:blank'.*file: URL/)
      else {
        await readModelFile('/m')
        await readModelFile('m')
        expect(asked.mock.calls.map(([url]: unknown[]) => url)).toEqual([
          'http://localhost:3000/m',
          'http://localhost:3000/app/m',
        ])
      }
      expect((await readModelFile(pathToFileURL(path))).metadata).toEqual(graph.metadata)
    },
  )

  it('a page of the disk, as in Electron, has files', async () => {
    vi.stubGlobal('document', { baseURI: 'file:///app/index.html' })
    expect((await readModelFile(path)).metadata).toEqual(graph.metadata)
  })

  it('a file URL of another machine is refused', async () => {
    await expect(readModelFile('file://elsewhere/model')).rejects.toThrow(/not a file of this machine/)
  })
})

describe('lines', () => {
  it('that break say after how many bytes', async () => {
    await expect(readModelFile(`${address}/breaks`)).rejects.toThrow(FileError)
    await expect(readModelFile(`${address}/breaks`)).rejects.toThrow(
      new RegExp(`broke off after 100 of ${bytes.length} bytes.*try again`),
    )
  })

  it('that never end are cut at the limit', async () => {
    await expect(readModelFile(`${address}/endless`, { limits: { fileBytes: 1_000_000 } })).rejects.toThrow(LimitError)
    await expect(readModelFile(`${address}/model`, { limits: { fileBytes: 100 } })).rejects.toThrow(/limit 'fileBytes'/)
    await expect(readModelFile(path, { limits: { fileBytes: 100 } })).rejects.toThrow(/limit 'fileBytes'/)
  })

  it.each<[string, HeadersInit, (number | undefined)[]]>([
    ['tells the length', { 'content-length': `${bytes.length}` }, [bytes.length]],
    ['tells nothing', {}, [undefined]],
    ['tells no number', { 'content-length': 'many' }, [undefined]],
    ['tells 0', { 'content-length': '0' }, [undefined]],
    ['tells too little', { 'content-length': '7' }, [undefined]],
    ['packs the content', { 'content-length': '7', 'content-encoding': 'gzip' }, [undefined]],
  ])('progress of a server that %s', async (_, given, totals) => {
    const seen: { loaded: number; total?: number }[] = []
    await readModelFile(new Response(bytes as BodyInit, { headers: given }), {
      onProgress: (progress) => void seen.push(progress),
    })
    expect(seen.map(({ total }) => total)).toEqual(totals)
    expect(seen.at(-1)!.loaded).toBe(bytes.length)
  })

  it('what a callback throws is thrown', async () => {
    const bug = new Error('mine')
    const onProgress = (): never => {
      throw bug
    }
    for (const source of [path, `${address}/model`]) await expect(readModelFile(source, { onProgress })).rejects.toBe(bug)
  })
})

describe('the usual mistakes say what to do', () => {
  const wasm = (): typeof reference => reference
  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['no options', () => load(bytes, undefined as never), /load\(\) lacks a backend.*backend: wasm\(\)/],
    ['no backend', () => load(bytes, {} as never), /load\(\) lacks a backend/],
    ['a word', () => load(bytes, { backend: 'wasm' as never }), /received "wasm".*Import it: import \{ wasm \}/],
    ['a function', () => load(bytes, { backend: wasm as never }), /the function wasm.*Call it: \{ backend: wasm\(\) \}/],
    ['a part of one', () => load(bytes, { backend: { name: 'x' } as never }), /takes no such backend/],
    ['a typo', () => load(bytes, { backend: reference, onProgres: () => {} } as never), /no option 'onProgres'.*'onProgress'/],
    ['another typo', () => readModelFile(bytes, { signl: undefined } as never), /Did you mean 'signal'/],
    ['a limit of text', () => readModelFile(bytes, { limits: { work: '9' } } as never), /'limits' at work.*received "9"/],
    [
      'an unknown limit',
      () => readModelFile(bytes, { limits: { wrk: 9 } } as never),
      /'limits' at wrk.*fileBytes, nodes, memory, work/,
    ],
    ['no backend to compile for', () => compileGraph(graph, undefined as never), /compileGraph\(\) lacks a backend/],
  ])('%s', async (_, call, message) => {
    await expect(call()).rejects.toThrow(OptionError)
    await expect(call()).rejects.toThrow(message)
  })

  it.each([[null], [undefined], [7], [new Float32Array(2)], ['x']])('run(%j)', async (inputs) => {
    const network = await load(bytes, { backend: reference })
    await expect(network.run(inputs as never)).rejects.toThrow(InputError)
    await expect(network.run(inputs as never)).rejects.toThrow(/not a record.*\{ x: Float32Array of batch x \[2\] \}/)
  })

  it('an unknown option of run', async () => {
    const network = await load(bytes, { backend: reference })
    await expect(network.run({ x: new Float32Array(2) }, { valdate: false } as never)).rejects.toThrow(/Did you mean 'validate'/)
  })
})

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createContext, runInContext } from 'node:vm'
import { BackendUnsupportedError, GraphBuilder, OptionError } from '@onebit/core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { wasm } from '../wasm-backend.ts'
import { loadModule } from './load-module.ts'

const file = new URL('../../wasm/kernels.wasm', import.meta.url)
let bytes: Uint8Array
let address: string
const server = createServer((request, response) => {
  const type = decodeURIComponent(request.url!.slice(1))
  response.writeHead(type === 'missing' ? 404 : 200, type === 'none' ? {} : { 'content-type': type }).end(bytes)
})

beforeAll(async () => {
  bytes = Uint8Array.from(await readFile(file))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())
afterEach(() => vi.restoreAllMocks())

const tag = (value: unknown): string => Object.prototype.toString.call(value)

describe('loadModule', () => {
  it.each([
    'application/wasm',
    'application/wasm; charset=utf-8',
    'Application/WASM',
    'application/octet-stream',
    'text/html',
    'none',
  ])('fetches from a server that says %s', async (type) => {
    expect(tag(await loadModule(new URL(`${address}/${encodeURIComponent(type)}`)))).toBe('[object WebAssembly.Module]')
  })

  it('takes what another realm and shared memory hold', async () => {
    const realm = createContext({ data: Array.from(bytes), href: file.href, URL })
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
    shared.set(bytes)
    const sources = [
      runInContext('new WebAssembly.Module(Uint8Array.from(data))', realm),
      runInContext('Uint8Array.from(data)', realm),
      runInContext('Uint8Array.from(data).buffer', realm),
      shared,
      shared.buffer,
      file,
      { [Symbol.toStringTag]: 'URL', protocol: 'file:', href: file.href },
    ]
    const builder = new GraphBuilder()
    builder.output('y', builder.node('toFloat', { inputs: [builder.input('x', [1])] }))
    for (const module of sources) {
      const executable = await wasm({ module }).compile(builder.build())
      expect(await executable.run({ x: Float32Array.of(3) })).toEqual({ y: Float32Array.of(3) })
    }
  })

  it.each([
    ['a missing page', () => new URL(`${address}/missing`), /could not be loaded from .*missing.*status 404.*Serve wasm/],
    ['bytes of something else', () => Uint8Array.of(1, 2, 3), /could not be loaded\./],
  ])('refuses %s', async (_, source, message) => {
    await expect(loadModule(source())).rejects.toThrow(BackendUnsupportedError)
    await expect(loadModule(source())).rejects.toThrow(message)
  })

  it.each([
    "WebAssembly.compile(): Refused to compile or instantiate WebAssembly module because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script in the following Content Security Policy directive",
    'call to WebAssembly.compile() blocked by CSP: Content Security Policy',
  ])('tells what a page has to allow: %s', async (message) => {
    vi.spyOn(WebAssembly, 'compile').mockRejectedValue(new WebAssembly.CompileError(message))
    await expect(loadModule(bytes)).rejects.toThrow(/add 'wasm-unsafe-eval' to its script-src/)
    await expect(loadModule(bytes)).rejects.not.toThrow(/Serve wasm/)
  })
})

describe('wasm()', () => {
  it.each<[unknown, RegExp]>([
    [{ thread: 4 }, /wasm\(\) has no option 'thread'.*Did you mean 'threads'\?/],
    [{ binaryKernel: 'table' }, /'binaryKernel'. Expected 'tables' or 'popcount', received "table"/],
    [{ tileOutputs: 48 }, /'tileOutputs'. Expected 32 or 64, received 48/],
    [{ relaxedSimd: 'no' }, /'relaxedSimd'/],
    [{ threads: '4' }, /'threads'. Expected 'auto' or an integer from 1 to 1024, received "4"/],
    [{ threads: 1e9 }, /'threads'/],
    [{ stem: 'int4' }, /'stem'. Expected 'float32' or 'int16' or 'int8'/],
    [{ module: '/kernels.wasm' }, /'module'. Expected .*new URL\("\/kernels.wasm", document.baseURI\)/],
    [{ module: null }, /'module'.*received null/],
    ['wasm', /takes its options as a record/],
    [null, /takes its options as a record/],
  ])('refuses %j', (given, message) => {
    expect(() => wasm(given as never)).toThrow(OptionError)
    expect(() => wasm(given as never)).toThrow(message)
  })
})

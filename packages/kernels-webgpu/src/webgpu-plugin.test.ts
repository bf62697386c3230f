import {
  BackendUnsupportedError,
  compileGraph,
  createRegistry,
  explainGraph,
  GraphBuilder,
  load,
  OptionError,
  referenceBackend,
  writeModel,
} from '@onebit/core'
import { describe, expect, it } from 'vitest'
import plugins, { webgpu } from './index.ts'
import nodePlugins from './node.ts'

describe.each([
  ['in pages', plugins],
  ['in Node', nodePlugins],
])('the backend by its name, %s', (_, own) => {
  const registry = createRegistry([own, referenceBackend])

  it('takes the options of webgpu()', async () => {
    const { plugin, options } = registry.backend({ name: 'webgpu', powerPreference: 'low-power', arithmetic: 'plain' })
    expect(options).toEqual({ powerPreference: 'low-power', arithmetic: 'plain' })
    expect((await plugin.create(options)).name).toBe('kernels-webgpu')
    expect(registry.backend('webgpu').options).toEqual({})
  })

  it('refuses unknown names and wrong values', () => {
    expect(() => registry.resolve('backend', { name: 'webgpu', arithmetic: 'exact' })).toThrow(OptionError)
    expect(() => registry.resolve('backend', 'webgp')).toThrow(/Did you mean 'webgpu'/)
  })
})

describe('without WebGPU', () => {
  const gpu = { requestAdapter: async () => null } as unknown as GPU
  const builder = new GraphBuilder()
  builder.output('y', builder.input('x', [2]))
  const graph = builder.build()

  it('gives the reason and a remedy', async () => {
    expect(await webgpu({ gpu }).isSupported()).toEqual({
      supported: false,
      reason: 'WebGPU has no adapter here.',
      fix: expect.stringMatching(/a Vulkan driver .*--backend wasm/),
    })
  })

  it.each([
    ['compileGraph', () => compileGraph(graph, webgpu({ gpu }))],
    ['explainGraph', () => explainGraph(graph, webgpu({ gpu }))],
    ['load', () => load(writeModel(graph), { backend: webgpu({ gpu }) })],
    ['compile', () => webgpu({ gpu }).compile(graph)],
  ])('%s gives the same advice', async (_, call) => {
    const failing = call()
    await expect(failing).rejects.toThrow(BackendUnsupportedError)
    await expect(failing).rejects.toThrow(/cannot run here: WebGPU has no adapter here\..* a Vulkan driver .*--backend wasm/)
  })
})

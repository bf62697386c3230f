import { createRegistry, OptionError, referenceBackend } from '@onebit/core'
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

  it('refuses what is no option', () => {
    expect(() => registry.resolve('backend', { name: 'webgpu', arithmetic: 'exact' })).toThrow(OptionError)
    expect(() => registry.resolve('backend', 'webgp')).toThrow(/Did you mean 'webgpu'/)
  })
})

it('says why it cannot run where there is no WebGPU', async () => {
  const gpu = { requestAdapter: async () => null } as unknown as GPU
  expect(await webgpu({ gpu }).isSupported()).toEqual({ supported: false, reason: 'WebGPU has no adapter here.' })
})

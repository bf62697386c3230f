import { createRegistry, OptionError, referenceBackend } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import plugins from './index.ts'

describe('the backend by its name', () => {
  const registry = createRegistry([plugins, referenceBackend])

  it('takes the options of wasm()', async () => {
    const { plugin, options } = registry.backend({ name: 'wasm', threads: 'auto', stem: 'int8' })
    expect(options).toEqual({ threads: 'auto', stem: 'int8', relaxedSimd: true })
    const backend = await plugin.create(options)
    expect(backend.name).toBe('kernels-wasm')
    expect(await backend.isSupported()).toEqual({ supported: true })
    expect(registry.backend('wasm').options).toEqual({ threads: 1, stem: 'float32', relaxedSimd: true })
  })

  it('refuses unknown options', () => {
    expect(() => registry.backend({ name: 'wasm', threads: 0 })).toThrow(OptionError)
    expect(() => registry.resolve('backend', { name: 'wasm', thread: 2 })).toThrow(/Did you mean 'threads'/)
    expect(() => registry.resolve('backend', 'wasn')).toThrow(/Did you mean 'wasm'/)
  })

  it('stands beside the reference', async () => {
    const { plugin, options } = registry.backend('reference')
    expect((await plugin.create(options)).name).toBe('reference')
  })
})

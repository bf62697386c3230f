/** The backend, handed garbage: what it cannot use it refuses by a typed error, never by one of the engine's. */
import * as core from '@onebit/core'
import { describe, expect, it } from 'vitest'
import { failureOf, spoiled } from '../../../test/garbage.ts'
import * as kernels from '../src/index.ts'

const builder = new core.GraphBuilder()
builder.input('x', [2])
const weights = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const
builder.output('y', builder.node('dense', { name: 'd', inputs: ['x'], tensors: { weights } }))
const graph = builder.build()

const options = {
  module: new URL('../wasm/kernels.wasm', import.meta.url),
  relaxedSimd: false,
  tileOutputs: 32,
  binaryKernel: 'tables',
  threads: 1,
  stem: 'float32',
}

async function expectTyped(name: string, call: (...given: unknown[]) => unknown, good: readonly unknown[]): Promise<void> {
  expect(await failureOf(() => call(...good)), name).toBeUndefined()
  for (const [what, given] of spoiled(good)) {
    const error = await failureOf(() => call(...given))
    const isTyped = error === undefined || core.OnebitError.isInstance(error)
    expect(isTyped, `${name} with ${what}: ${(error as Error | undefined)?.stack}`).toBe(true)
  }
}

describe('public functions', () => {
  it('are all tried here', () => {
    const names = Object.entries(kernels).filter(([, value]) => typeof value === 'function')
    expect(names.map(([name]) => name).sort()).toEqual(['WorkerLostError', 'wasm'])
  })

  it('wasm(), and what it makes', async () => {
    const compile = async (...given: unknown[]): Promise<unknown> => kernels.wasm(...(given as [never])).compile(graph)
    await expectTyped('wasm', compile, [options])
    const backend = kernels.wasm()
    await expectTyped('compile', (...given) => backend.compile(...(given as [never])), [graph])
    const executable = await backend.compile(graph)
    await expectTyped('run', (...given) => executable.run(...(given as [never])), [
      { x: new Float32Array(2) },
      { validate: true },
    ])
  })
})

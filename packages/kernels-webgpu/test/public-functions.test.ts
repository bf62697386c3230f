/** The backend, handed garbage: what it cannot use it refuses by a typed error, never by one of the engine's. */
import * as core from '@onebit/core'
import { expect, it } from 'vitest'
import { failureOf, spoiled } from '../../../test/garbage.ts'
import * as kernels from '../src/index.ts'
import { describeOnGpu, gpu } from './gpu.ts'

const builder = new core.GraphBuilder()
builder.input('x', [2])
const weights = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const
builder.output('y', builder.node('dense', { name: 'd', inputs: ['x'], tensors: { weights } }))
const graph = builder.build()

async function expectTyped(name: string, call: (...given: unknown[]) => unknown, good: readonly unknown[]): Promise<void> {
  expect(await failureOf(() => call(...good)), name).toBeUndefined()
  for (const [what, given] of spoiled(good)) {
    const error = await failureOf(() => call(...given))
    const isTyped = error === undefined || core.OnebitError.isInstance(error)
    expect(isTyped, `${name} with ${what}: ${(error as Error | undefined)?.stack}`).toBe(true)
  }
}

it('public functions are all tried here', () => {
  const names = Object.entries(kernels).filter(([, value]) => typeof value === 'function')
  expect(names.map(([name]) => name).sort()).toEqual(['DeviceError', 'DeviceLostError', 'webgpu'])
})

describeOnGpu('public functions', () => {
  it('webgpu(), and what it makes', async () => {
    const options = { gpu, powerPreference: 'low-power', arithmetic: 'plain' }
    await expectTyped('webgpu', (...given) => kernels.webgpu(...(given as [never])), [options])
    const backend = kernels.webgpu({ gpu })
    await expectTyped('compile', (...given) => backend.compile(...(given as [never])), [graph])
    const executable = await backend.compile(graph)
    await expectTyped('run', (...given) => executable.run(...(given as [never])), [
      { x: new Float32Array(2) },
      { validate: true },
    ])
  })
})

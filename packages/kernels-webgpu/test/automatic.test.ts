/** `auto()` takes the backend only on hardware, and continues without it. */
import { auto, compileGraph, type Graph, reference } from '@onebit/core'
import { Random, residualNetwork, SEED } from '@onebit/testkit/random'
import { expect, test } from 'vitest'
import { webgpu } from '../src/index.ts'
import { firstDifference } from './compare.ts'
import { describeOnGpu, gpu } from './gpu.ts'

const graph: Graph = residualNetwork(new Random(7), 8, 8)
const image = new Random(SEED).floats(graph.inputs[0].shape.reduce((a, b) => a * b, 1))

/** The tests' adapter under the name of a graphics card. */
function posing(adapter: GPUAdapter): GPUAdapter {
  return new Proxy(adapter, {
    get: (target, key) => {
      if (key === 'info') return { vendor: 'acme', architecture: 'one', device: '', description: 'Acme One' }
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

describeOnGpu('auto() with webgpu()', () => {
  test('passes a software adapter over', async () => {
    const backend = webgpu({ gpu })
    const support = await backend.isSupported()
    expect(support).toMatchObject({ supported: true, device: expect.any(String), isSoftware: expect.any(Boolean) })
    const network = await compileGraph(graph, auto([backend, reference]))
    expect(network.backend).toBe(support.supported && support.isSoftware ? 'reference' : 'kernels-webgpu')
  })

  test('takes hardware, and the next backend once the device is lost and none comes back', async () => {
    let isThere = true
    const card = { requestAdapter: async () => (isThere ? posing((await gpu.requestAdapter())!) : null) } as unknown as GPU
    const backend = webgpu({ gpu: card, tiles: 'rule' })
    const network = await compileGraph(graph, auto([backend, reference]))
    expect(network.backend).toBe('kernels-webgpu')
    const expected = await (await reference.compile(graph)).run({ image })
    expect(firstDifference((await network.run({ image })).probabilities, expected.probabilities)).toBeUndefined()

    const { device } = await backend.compile(graph)
    device.destroy()
    await device.lost
    await network.run({ image })
    expect(network.backend).toBe('kernels-webgpu')

    isThere = false
    const { device: second } = await backend.compile(graph)
    second.destroy()
    await second.lost
    const { probabilities } = await network.run({ image })
    expect(firstDifference(probabilities, expected.probabilities)).toBeUndefined()
    expect(network.backend).toBe('reference')
    expect(network.passedOver).toEqual([
      { backend: 'kernels-webgpu', reason: expect.stringMatching(/WebGPU has no adapter here/) },
    ])
  })
})

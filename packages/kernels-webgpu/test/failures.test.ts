/** If a device refuses something, this becomes a typed error, leaves no memory behind and does not affect later runs. */
import { compileGraph, type Graph, GraphBuilder, LimitError, reference } from '@onebit/core'
import { Random, residualNetwork, SEED } from '@onebit/testkit/random'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Pipelines } from '../src/device/pipelines.ts'
import { DeviceError, DeviceLostError, webgpu } from '../src/index.ts'
import { firstDifference } from './compare.ts'
import { describeOnGpu, gpu } from './gpu.ts'

const graph: Graph = residualNetwork(new Random(7), 8, 8)
const [{ name, shape }] = graph.inputs
const inputsOf = (batch: number, seed = SEED): Record<string, Float32Array> => ({
  [name]: new Random(seed).floats(batch * shape.reduce((a, b) => a * b, 1)),
})

/** Simulates missing memory for buffers of a label: a size beyond the limit makes them as invalid. */
function exhaust(device: GPUDevice, label: string): void {
  const [push, create] = [device.pushErrorScope.bind(device), device.createBuffer.bind(device)]
  vi.spyOn(device, 'pushErrorScope').mockImplementation((filter) => push(filter === 'out-of-memory' ? 'validation' : filter))
  vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) =>
    create(descriptor.label === label ? { ...descriptor, size: device.limits.maxBufferSize + 4 } : descriptor),
  )
}

afterEach(() => {
  vi.restoreAllMocks()
})

describeOnGpu('a device', () => {
  describe.each([
    ['values', 'run'],
    ['results', 'run'],
    ['values', 'runToBuffers'],
    ["output 'probabilities'", 'runToBuffers'],
  ] as const)('without memory for %s', (label, method) => {
    test(`${method}() throws a LimitError, and works once there is some`, async () => {
      const executable = await webgpu({ gpu }).compile(graph)
      const run = async (): Promise<void> => {
        if (method === 'run') await executable.run(inputsOf(2))
        else (await executable.gpu.runToBuffers(inputsOf(2))).release()
      }
      const before = executable.deviceBytes
      exhaust(executable.device, label)
      const error = await run().catch((thrown: unknown) => thrown)
      expect(LimitError.isInstance(error) && [error.limit, error.message], `${error}`).toEqual([
        'memory',
        expect.stringContaining(`bytes: ${label}.`),
      ])
      vi.restoreAllMocks()
      await run()
      await executable.run(inputsOf(2))
      executable.dispose()
      expect(executable.deviceBytes).toBe(0)
      expect(before).toBeGreaterThan(0)
    })
  })

  test('without memory for weights refuses the network, and the next one works', async () => {
    const backend = webgpu({ gpu })
    const first = await backend.compile(graph)
    const before = first.deviceBytes
    exhaust(first.device, 'weights')
    await expect(backend.compile(graph)).rejects.toSatisfy((error) => LimitError.isInstance(error))
    expect(first.deviceBytes).toBe(before)
    vi.restoreAllMocks()
    await (await backend.compile(graph)).run(inputsOf(1))
  })

  test('that refuses commands makes a DeviceError of them', async () => {
    const executable = await webgpu({ gpu }).compile(graph)
    const { device } = executable
    const submit = device.queue.submit.bind(device.queue)
    vi.spyOn(device.queue, 'submit').mockImplementationOnce((commands) => {
      submit(commands)
      device.createTexture({ size: [0, 0], format: 'rgba8unorm', usage: 4 })
    })
    await expect(executable.run(inputsOf(1))).rejects.toSatisfy(
      (error) => DeviceError.isInstance(error) && /refused the commands of a run/.test(error.message),
    )
    await executable.run(inputsOf(1))
    executable.dispose()
    expect(executable.deviceBytes).toBe(0)
  })

  test('that refuses a kernel names its node and the line', async () => {
    const executable = await webgpu({ gpu }).compile(graph)
    const pipelines = new Pipelines(executable.device)
    const broken = {
      node: 'stem',
      code: '\n@compute @workgroup_size(1) fn main() { let x = y; }',
      usesZero: false,
      resources: [],
    }
    await expect(pipelines.of(broken)).rejects.toSatisfy(
      (error) => DeviceError.isInstance(error) && error.node === 'stem' && /'stem' does not compile.*line 2/.test(error.message),
    )
    executable.dispose()
  })

  test('lost while results stay on it: the run says so, and the next one gets another device', async () => {
    const executable = await webgpu({ gpu }).compile(graph)
    const { device } = executable
    const running = executable.gpu.runToBuffers(inputsOf(1))
    await new Promise((resolve) => setTimeout(resolve))
    device.destroy()
    const outcome = await running.then(
      (outputs) => outputs.release(),
      (error: unknown) => error,
    )
    expect(outcome === undefined || DeviceLostError.isInstance(outcome), `${outcome}`).toBe(true)
    await device.lost
    const { release } = await executable.gpu.runToBuffers(inputsOf(1))
    expect(executable.device).not.toBe(device)
    release()
    executable.dispose()
    expect(executable.deviceBytes).toBe(0)
  })

  test('serves overlapping runs of two networks, of batches of any size, each with its own results', async () => {
    const backend = webgpu({ gpu })
    const builder = new GraphBuilder()
    const pooled = builder.node('maxPool', {
      inputs: [builder.input(name, shape)],
      attributes: { size: [2, 2], strides: [2, 2] },
    })
    builder.output('pooled', builder.node('activation', { inputs: [pooled], attributes: { function: 'sigmoid' } }))
    const networks = [graph, builder.build()]
    const plain = await Promise.all(networks.map((one) => compileGraph(one, reference)))
    const compiled = await Promise.all(networks.map((one) => backend.compile(one)))
    expect(compiled[0].device).toBe(compiled[1].device)
    const runs = Array.from({ length: 24 }, (_, run) => ({ which: run % 2, inputs: inputsOf(1 + ((run * 7) % 5), SEED + run) }))
    const results = await Promise.all(runs.map(({ which, inputs }) => compiled[which].run(inputs)))
    for (const [index, { which, inputs }] of runs.entries()) {
      const expected = await plain[which].run(inputs)
      for (const output of Object.keys(expected)) {
        expect(firstDifference(results[index][output], expected[output]), `run ${index}`).toBeUndefined()
      }
    }
    for (const one of compiled) one.dispose()
    expect(compiled[0].deviceBytes).toBe(0)
  })
})

/** Networks on a device: submits, shared pipelines, memory, loss, limits. */
import { DisposedError, type Graph, GraphBuilder, LimitError, typeGraph } from '@onebit/core'
import { Random, residualNetwork, SEED } from '@onebit/testkit/random'
import { expect, test, vi } from 'vitest'
import { compileProgram } from '../src/compile/compile-program.ts'
import { DeviceLostError, webgpu } from '../src/index.ts'
import { TILES_BY_RULE } from '../src/kernels/choose-tile.ts'
import { type Limits, mostSamples } from '../src/run/check-limits.ts'
import { firstDifference } from './compare.ts'
import { describeOnGpu, gpu } from './gpu.ts'

const network = (): Graph => residualNetwork(new Random(7), 8, 8)
const imageOf = (graph: Graph, batch = 1): Float32Array =>
  new Random(SEED).floats(batch * graph.inputs[0].shape.reduce((a, b) => a * b, 1))

/** Resolves once a run has submitted its work to the device. */
function submitOf({ queue }: GPUDevice): Promise<void> {
  const submit = queue.submit.bind(queue)
  return new Promise((resolve) => {
    vi.spyOn(queue, 'submit').mockImplementationOnce((commands) => {
      submit(commands)
      resolve()
    })
  })
}

describeOnGpu('a network on a device', () => {
  test('submits once a run, whatever the batch', async () => {
    const graph = network()
    const executable = await webgpu({ gpu }).compile(graph)
    const submit = vi.spyOn(executable.device.queue, 'submit')
    for (const batch of [1, 3, 2]) await executable.run({ image: imageOf(graph, batch) })
    expect(submit).toHaveBeenCalledTimes(3)
    executable.dispose()
  })

  test('shares pipelines with others of its backend', async () => {
    const backend = webgpu({ gpu })
    const first = await backend.compile(network())
    const compile = vi.spyOn(first.device, 'createComputePipelineAsync')
    const second = await backend.compile(network())
    expect(second.device).toBe(first.device)
    expect(compile).not.toHaveBeenCalled()
  })

  test('makes bind groups once, and again only for a larger batch', async () => {
    const graph = network()
    const executable = await webgpu({ gpu }).compile(graph)
    await executable.run({ image: imageOf(graph, 2) })
    const bind = vi.spyOn(executable.device, 'createBindGroup')
    await executable.run({ image: imageOf(graph) })
    await executable.run({ image: imageOf(graph, 2) })
    expect(bind).not.toHaveBeenCalled()
    await executable.run({ image: imageOf(graph, 3) })
    expect(bind).toHaveBeenCalled()
    executable.dispose()
  })

  test('needs no more memory after 1,000 runs, and leaves none behind', async () => {
    const graph = network()
    const executable = await webgpu({ gpu }).compile(graph)
    const image = imageOf(graph)
    await Promise.all([executable.run({ image }), executable.run({ image })])
    const before = executable.deviceBytes
    expect(before).toBeGreaterThan(0)
    for (let run = 0; run < 1000; run++) await executable.run({ image })
    expect(executable.deviceBytes).toBe(before)
    executable.dispose()
    expect(executable.deviceBytes).toBe(0)
    await expect(executable.run({ image })).rejects.toSatisfy((error) => DisposedError.isInstance(error))
  })

  test('disposed of during a run, it finishes the run and leaves no memory behind', async () => {
    const graph = network()
    const executable = await webgpu({ gpu }).compile(graph)
    const [expected, submitted] = [await executable.run({ image: imageOf(graph) }), submitOf(executable.device)]
    const running = executable.run({ image: imageOf(graph) })
    await submitted
    executable.dispose()
    expect(firstDifference((await running).probabilities, expected.probabilities)).toBeUndefined()
    expect(executable.deviceBytes).toBe(0)
  })

  test('survives the loss of its device in the middle of a run', async () => {
    const graph = network()
    const backend = webgpu({ gpu })
    const [executable, other] = [await backend.compile(graph), await backend.compile(graph)]
    const image = imageOf(graph)
    const expected = await executable.run({ image })
    const { device } = executable
    const submitted = submitOf(device)
    const running = executable.run({ image })
    await submitted
    device.destroy()
    await expect(running).rejects.toSatisfy((error) => DeviceLostError.isInstance(error))
    const again = await Promise.all([executable.run({ image }), executable.run({ image }), other.run({ image })])
    for (const { probabilities } of again) {
      expect(firstDifference(probabilities, expected.probabilities)).toBeUndefined()
    }
    expect(executable.device).not.toBe(device)
    expect(other.device).toBe(executable.device)
  })

  test('runs on a device of the caller, and says so when that is lost', async () => {
    const adapter = (await gpu.requestAdapter())!
    const device = await adapter.requestDevice()
    const graph = network()
    const executable = await webgpu({ device }).compile(graph)
    expect(executable.device).toBe(device)
    await executable.run({ image: imageOf(graph) })
    device.destroy()
    await device.lost
    await expect(executable.run({ image: imageOf(graph) })).rejects.toSatisfy((error) => DeviceLostError.isInstance(error))
  })

  test('cuts batches that the device cannot hold at once', async () => {
    const adapter = (await gpu.requestAdapter())!
    const device = await adapter.requestDevice()
    const builder = new GraphBuilder()
    const input = builder.input('x', [4096, 1024])
    builder.output('y', builder.node('activation', { inputs: [input], attributes: { function: 'absolute' } }))
    const executable = await webgpu({ device }).compile(builder.build())
    const submit = vi.spyOn(device.queue, 'submit')
    const x = new Float32Array(9 * 4096 * 1024).fill(-2)
    x[x.length - 1] = -3
    const { y } = await executable.run({ x })
    expect(submit).toHaveBeenCalledTimes(2)
    expect([y[0], y.at(-2), y.at(-1), y.findIndex((value) => value < 2)]).toEqual([2, 2, 3, -1])
    executable.dispose()
    device.destroy()
  })
})

test('limits are checked when a graph is compiled, by their names and the node', () => {
  const builder = new GraphBuilder()
  const input = builder.input('x', [16, 16, 4])
  builder.output('y', builder.node('resize', { name: 'larger', inputs: [input], attributes: { size: [64, 64] } }))
  const program = compileProgram(typeGraph(builder.build()), { arithmetic: { fusesProducts: true }, tiles: TILES_BY_RULE })
  const limits: Limits = {
    maxStorageBuffersPerShaderStage: 8,
    maxStorageBufferBindingSize: 2 ** 17,
    maxBufferSize: 2 ** 20,
    minStorageBufferOffsetAlignment: 256,
  }
  expect(mostSamples(program, limits)).toBe(2)
  const failing: Partial<Limits>[] = [
    { maxStorageBuffersPerShaderStage: 2 },
    { maxStorageBufferBindingSize: 65_532 },
    { maxBufferSize: 65_536 },
  ]
  for (const limit of failing) {
    const [name] = Object.keys(limit)
    const check = (): number => mostSamples(program, { ...limits, ...limit })
    expect(check).toThrow(/'larger'/)
    expect(check).toThrow(name)
    try {
      check()
    } catch (error) {
      expect(LimitError.isInstance(error) && error.limit).toBe(name)
    }
  }
})

/** Compares inputs that a device makes from pictures with `preparePicture`. Checks outputs that stay on the device. */
import { checkInputs, DisposedError, type GpuInputs, type Graph, GraphBuilder, InputError } from '@onebit/core'
import { type Picture, type Preparation, pictureOf, picturePlan, preparePicture } from '@onebit/image'
import { Random, residualNetwork, SEED } from '@onebit/testkit/random'
import { describe, expect, test, vi } from 'vitest'
import { type WebgpuNetwork, webgpu } from '../src/index.ts'
import { firstDifference } from './compare.ts'
import { describeOnGpu, gpu } from './gpu.ts'

const normalization = { mean: [0.4, 0.5, 0.6], standardDeviation: [0.2, 0.3, 0.25] }

/** A graph that returns its input. */
function identity(shape: readonly number[]): Graph {
  const builder = new GraphBuilder()
  builder.output('y', builder.node('reshape', { inputs: [builder.input('image', shape)], attributes: { shape } }))
  return builder.build()
}

const noise = (random: Random, width: number, height: number): Picture =>
  pictureOf(
    Uint8Array.from({ length: 4 * width * height }, (_, at) => (at % 4 === 3 ? 255 : random.integer(0, 255))),
    width,
    height,
  )

const PREPARATIONS: readonly Preparation[] = [
  [{ type: 'resize', size: [14, 18], fill: 'border' }],
  [{ type: 'resize', size: [14, 18], mode: 'stretch' }],
  [{ type: 'resize', size: [14, 18], mode: 'cover' }],
  [{ type: 'center-crop', size: [14, 18] }],
  [{ type: 'center-crop', size: [14, 18], shorterSide: 24 }],
  [
    { type: 'resize', size: 32, fill: 90 },
    { type: 'center-crop', size: [14, 18], shorterSide: 22 },
  ],
]

describeOnGpu('pictures', () => {
  describe.each([1, 3] as const)('of %i channels', (channels) => {
    test(`equal the results of preparePicture, within 1 of 255 in at most 1 % of the values (seed ${SEED})`, async () => {
      const network = await webgpu({ gpu }).compile(identity([14, 18, channels]))
      const random = new Random(SEED)
      let [values, differing, most] = [0, 0, 0]
      for (const preparation of PREPARATIONS) {
        for (let trial = 0; trial < 8; trial++) {
          const picture = noise(random, random.integer(1, 60), random.integer(1, 60))
          if (trial % 4 === 0) for (let at = 3; at < picture.data.length; at += 4) picture.data[at] = random.integer(0, 255)
          const options = { input: [14, 18, channels], ...(channels === 3 && { normalization }) }
          const plan = picturePlan(picture, preparation, options)
          const { y } = await network.gpu.run({ image: [{ picture: { ...picture, data: picture.data }, plan }] })
          const expected = preparePicture(picture, preparation, options)
          const table = Array.from({ length: channels }, (_, channel) =>
            plan.normalization.subarray(256 * channel, 256 * (channel + 1)),
          )
          expected.picture.data.forEach((byte, at) => {
            values++
            if (y[at] === expected.values[at]) return
            differing++
            most = Math.max(most, Math.abs(table[at % channels].indexOf(y[at]) - byte))
          })
        }
      }
      console.info(`${channels} channels: ${differing} of ${values} values differ, by ${most} of 255 at most`)
      expect(most).toBeLessThanOrEqual(1)
      expect(differing / values).toBeLessThan(0.01)
      network.dispose()
      expect(network.deviceBytes).toBe(0)
    })
  })

  test('may be textures on the device of the network, of any float format', async () => {
    const network = await webgpu({ gpu }).compile(identity([2, 2, 3]))
    const { device } = network.gpu
    const usage = 2 | 4
    const texture = device.createTexture({ size: [2, 2], format: 'bgra8unorm', usage })
    const bytes = Uint8Array.from([3, 2, 1, 255, 6, 5, 4, 255, 9, 8, 7, 255, 12, 11, 10, 255])
    device.queue.writeTexture({ texture }, bytes, { bytesPerRow: 8 }, [2, 2])
    const plan = picturePlan({ height: 2, width: 2 }, [], { input: [2, 2, 3] })
    const { y } = await network.gpu.run({ image: [{ picture: texture, plan }] })
    expect(Array.from(y, (value) => Math.round(255 * value))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    network.dispose()
  })

  test('of a batch may differ in size; each video frame after the first needs no memory and one submit', async () => {
    const graph = residualNetwork(new Random(7), 8, 8)
    const network = await webgpu({ gpu }).compile(graph)
    const { shape: input, name } = graph.inputs[0]
    const random = new Random(SEED)
    const pictures = [noise(random, 9, 5), noise(random, 20, 31), noise(random, 9, 5)]
    const inputs = pictures.map((picture) => ({ picture, plan: picturePlan(picture, undefined, { input }) }))
    const batch = await network.gpu.run({ [name]: inputs as never })
    for (const [index, given] of inputs.entries()) {
      const [{ probabilities }, own] = [await network.gpu.run({ [name]: [given as never] }), batch.probabilities.length / 3]
      expect(firstDifference(batch.probabilities.subarray(own * index, own * (index + 1)), probabilities)).toBeUndefined()
    }
    const runFrames = () => Promise.all([1, 2, 3].map(() => network.gpu.run({ [name]: [inputs[2] as never] })))
    await runFrames()
    const [before, submit] = [network.deviceBytes, vi.spyOn(network.device.queue, 'submit')]
    await runFrames()
    expect([network.deviceBytes, submit.mock.calls.length]).toEqual([before, 3])
    network.dispose()
    expect(network.deviceBytes).toBe(0)
  })

  const plan = picturePlan({ height: 2, width: 2 }, [], { input: [2, 2, 3] })
  const picture = { data: new Uint8Array(16), height: 2, width: 2 }
  test.each<[string, unknown, RegExp]>([
    ['of another size than the plan', { ...picture, height: 4 }, /another size than its plan.*2 x 2.*4 x 2/],
    ['with too few bytes', { ...picture, data: new Uint8Array(12) }, /with 12 bytes.*RGBA/],
    ['that are numbers', 7, /needs a picture and a plan/],
  ])('%s are refused', async (_, wrong, message) => {
    const network = await webgpu({ gpu }).compile(identity([2, 2, 3]))
    const run = (): Promise<unknown> => network.gpu.run({ image: [{ picture: wrong as never, plan }] })
    await expect(run()).rejects.toThrow(message)
    await expect(run()).rejects.toSatisfy((error) => InputError.isInstance(error))
    await expect(network.gpu.run({ image: [{ picture, plan }], other: [] })).rejects.toThrow(/no input 'other'/)
    await expect(network.gpu.run({ image: [] })).rejects.toThrow(/at least one/)
    await expect(network.gpu.run({ image: [{ picture, plan: { ...plan, channels: 1 } }] })).rejects.toThrow(/another shape/)
    await expect(network.gpu.run({ image: [{ picture, plan }] }, { valdate: true } as never)).rejects.toThrow(/'validate'/)
    network.dispose()
  })
})

/** Reads a buffer through a copy of its own. */
async function read({ device }: WebgpuNetwork['gpu'], buffer: GPUBuffer): Promise<ArrayBuffer> {
  const staging = device.createBuffer({ size: buffer.size, usage: 1 | 8 })
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size)
  device.queue.submit([encoder.finish()])
  await staging.mapAsync(1)
  const bytes = staging.getMappedRange().slice(0)
  staging.destroy()
  return bytes
}

describeOnGpu('outputs on the device', () => {
  const graph = residualNetwork(new Random(7), 8, 8)
  const inputsOf = (batch: number): GpuInputs & Record<string, Float32Array> => ({
    [graph.inputs[0].name]: new Random(SEED).floats(batch * graph.inputs[0].shape.reduce((a, b) => a * b, 1)),
  })

  test('hold what run() gives, belong to the caller, and are counted until they are released', async () => {
    const network = await webgpu({ gpu }).compile(graph)
    const inputs = inputsOf(3)
    const expected = await network.run(inputs)
    const before = network.deviceBytes
    const outputs = await network.gpu.runToBuffers(inputs)
    const { buffer, shape, dtype } = outputs.values.probabilities
    expect([shape, dtype]).toEqual([[3, ...shape.slice(1)], 'float32'])
    expect(network.deviceBytes).toBe(before + buffer.size)
    // A later run does not change them.
    await network.run(inputsOf(1))
    expect(firstDifference(new Float32Array(await read(network.gpu, buffer)), expected.probabilities)).toBeUndefined()
    network.dispose()
    expect(network.deviceBytes).toBe(buffer.size)
    expect(firstDifference(new Float32Array(await read(network.gpu, buffer)), expected.probabilities)).toBeUndefined()
    outputs.release()
    outputs.release()
    expect(network.deviceBytes).toBe(0)
    await expect(network.gpu.runToBuffers(inputs)).rejects.toSatisfy((error) => DisposedError.isInstance(error))
  })

  test('are read by later submits, without a wait', async () => {
    const network = await webgpu({ gpu }).compile(graph)
    const submit = vi.spyOn(network.device.queue, 'submit')
    const runs = await Promise.all([1, 2, 3].map(() => network.gpu.runToBuffers(inputsOf(1))))
    expect(submit).toHaveBeenCalledTimes(3)
    expect(checkInputs(graph.inputs, inputsOf(1))).toBe(1)
    for (const { release } of runs) release()
    network.dispose()
    expect(network.deviceBytes).toBe(0)
  })

  test('leave no memory behind if a run is refused', async () => {
    const network = await webgpu({ gpu }).compile(graph)
    const first = await network.gpu.runToBuffers(inputsOf(1))
    first.release()
    const before = network.deviceBytes
    await expect(network.gpu.runToBuffers({})).rejects.toThrow(InputError)
    network.device.destroy()
    await network.device.lost
    const { release } = await network.gpu.runToBuffers(inputsOf(1))
    release()
    expect(network.deviceBytes).toBe(before)
    network.dispose()
    expect(network.deviceBytes).toBe(0)
  })
})

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { elementCount, GraphBuilder, OP_NAMES, reference } from '@onebit/core'
import { webgpu } from '@onebit/kernels-webgpu/node'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it, test, vi } from 'vitest'
import { drawnValues, GRAPHS } from '../../../test/every-op.ts'
import { compileForOnnxRuntime, loadOnnxRuntime } from '../src/bench/run-on-onnxruntime.ts'
import { compileForTfjs } from '../src/bench/run-on-tfjs.ts'
import { relativeDifference, type Timing, type Verification, verifiedRatios } from '../src/bench/verify.ts'
import { benchFile } from '../src/commands/bench.ts'
import { UsageError } from '../src/errors.ts'
import { Shell } from '../src/shell.ts'
import { onebit, temporaryFolder, tinyFile } from './support.ts'

const folder = await temporaryFolder()
const silent = { write() {} }
const quiet = new Shell({ stdout: silent, stderr: silent })
let file: string

beforeAll(async () => {
  tf.enableProdMode()
  file = await tinyFile(folder)
})

describe.each(Object.entries(GRAPHS))('compileForTfjs, %s', (_, graphOf) => {
  it.each(['cpu', 'wasm'])('matches the reference on %s', async (backend) => {
    if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm')
    await tf.setBackend(backend)
    const graph = graphOf()
    const compiled = compileForTfjs(tf, graph)
    const before = tf.memory().numTensors
    const image = drawnValues(3 * elementCount(graph.inputs[0].shape))
    const expected = await (await reference.compile(graph)).run({ image })
    const received = await compiled.run({ image })
    // Float32 sums in another order differ by a few units in the last place, for values of magnitude 1 to 10.
    for (const [name, values] of Object.entries(expected)) {
      expect(relativeDifference({ [name]: values }, received), name).toBeLessThan(1e-5)
    }
    expect(tf.memory().numTensors).toBe(before)
    compiled.dispose()
  })
})

test.each(['cpu', 'wasm'])('compileForTfjs runs depthwise convolutions as such on %s', async (backend) => {
  if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm')
  await tf.setBackend(backend)
  const builder = new GraphBuilder()
  const image = builder.input('image', [5, 6, 3])
  const weights = { dtype: 'float32', shape: [2, 3, 1, 3], data: drawnValues(18) } as const
  const attributes = { padding: [1, 0, 2, 1], groups: 3 } as const
  builder.output('y', builder.node('conv2d', { inputs: [image], tensors: { weights }, attributes }))
  const graph = builder.build()
  const inputs = { image: drawnValues(2 * 90) }
  const compiled = compileForTfjs(tf, graph)
  let received: Record<string, Float32Array> = {}
  const { kernelNames } = await tf.profile(async () => {
    received = await compiled.run(inputs)
    return []
  })
  expect(relativeDifference(await (await reference.compile(graph)).run(inputs), received)).toBeLessThan(1e-6)
  expect(kernelNames).toContain('DepthwiseConv2dNative')
  expect(kernelNames).not.toContain('Conv2D')
})

test('the compared graphs cover every op', () => {
  const ops = Object.values(GRAPHS).flatMap((graphOf) => graphOf().nodes.map(({ op }) => op))
  expect([...new Set(ops)].sort()).toEqual([...OP_NAMES].sort())
})

describe('relativeDifference', () => {
  it('is relative to the largest expected value', () => {
    expect(relativeDifference({ a: [10, 1] }, { a: [10, 2] })).toBeCloseTo(0.1)
  })

  it('is infinite for a missing output, another length or NaN', () => {
    for (const other of [{}, { a: [1] }, { a: [1, Number.NaN] }]) {
      expect(relativeDifference({ a: [1, 2] }, other as Record<string, number[]>)).toBe(Number.POSITIVE_INFINITY)
    }
  })
})

describe('verifiedRatios', () => {
  const timing = (name: string, medianMilliseconds: number): Timing => ({
    name,
    description: '',
    medianMilliseconds,
    minimumMilliseconds: 0,
  })
  const verification = (name: string, verified: boolean): Verification => ({ name, verified, difference: 0, tolerance: 0 })

  it('gives no ratio if either answer was not verified', () => {
    const timings = [timing('fast', 2), timing('right', 8), timing('wrong', 4)]
    const ratios = verifiedRatios(timings, [
      verification('fast', true),
      verification('right', true),
      verification('wrong', false),
    ])
    expect(ratios.map(({ ratio }) => ratio)).toEqual([4, null])
    const wrongFirst = verifiedRatios(timings, [verification('fast', false), verification('right', true)])
    expect(wrongFirst.map(({ ratio }) => ratio)).toEqual([null, null])
    const unmeasured = verifiedRatios(
      [timing('fast', 0), timing('right', 0)],
      [verification('fast', true), verification('right', true)],
    )
    expect(unmeasured.map(({ ratio }) => ratio)).toEqual([null])
  })
})

/** Chromium's renderer on the processor, unless the environment names another driver. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (existsSync(DRIVER)) process.env.VK_DRIVER_FILES ??= DRIVER
const support = await webgpu().then(
  (backend) => backend.isSupported(),
  (error: Error) => ({ supported: false, reason: error.message }),
)
const adapterMissing = support.supported ? undefined : (support.reason ?? 'there is no adapter')

describe('bench', () => {
  const title = adapterMissing ? ` (skipped: ${adapterMissing})` : ''
  it.skipIf(adapterMissing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1')(`times webgpu beside wasm${title}`, async () => {
    const result = await benchFile({ file, backends: ['webgpu', 'wasm', 'webgpu:arithmetic=guarded'], runs: 2, batch: 2 }, quiet)
    expect(result.verifications.map(({ difference }) => difference)).toEqual([0, 0, 0])
    // The description of a GPU backend names its adapter.
    const onGpu = expect.stringMatching(/^kernels-webgpu on \S/)
    expect(result.timings.map(({ description }) => description)).toEqual([onGpu, 'kernels-wasm', onGpu])
    for (const { ratio } of result.ratios) expect(ratio).toBeGreaterThan(0)
  })

  it('compares with onnxruntime, in WebAssembly and native', async () => {
    const rivals = ['onnxruntime-web', 'onnxruntime-node']
    const result = await benchFile({ file, against: rivals, runs: 2, batch: 3 }, quiet)
    expect(result.verifications.map(({ name, verified }) => [name, verified])).toEqual([
      ['wasm', true],
      ['onnxruntime-web', true],
      ['onnxruntime-node', true],
    ])
    expect(result.timings.map(({ description }) => description).slice(1)).toEqual(
      rivals.map((name) => expect.stringMatching(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+, float32, 1 thread$`))),
    )
  })

  it('says how to install a rival that is missing', () => {
    const elsewhere = [join(folder, 'package.json')]
    expect(() => loadOnnxRuntime('onnxruntime-node', elsewhere)).toThrow(/npm install --no-save onnxruntime-node/)
  })

  it('says why an ONNX rival cannot run a graph', async () => {
    const builder = new GraphBuilder()
    const image = builder.input('image', [2, 2, 1])
    builder.output('image', builder.node('activation', { inputs: [image], attributes: { function: 'relu' } }))
    const compiled = compileForOnnxRuntime('onnxruntime-node', builder.build())
    await expect(compiled).rejects.toThrow(UsageError)
    await expect(compiled).rejects.toThrow(/named 'image'.*Leave the ONNX rivals out/)
  })

  it('compares backends and a rival after checking their answers', async () => {
    const result = await benchFile({ file, backends: ['wasm', 'reference'], against: ['tfjs-wasm'], runs: 3 }, quiet)
    expect(result.verifications.map(({ name, verified }) => [name, verified])).toEqual([
      ['wasm', true],
      ['reference', true],
      ['tfjs-wasm', true],
    ])
    expect(result.ratios.map(({ of, to }) => [of, to])).toEqual([
      ['reference', 'wasm'],
      ['tfjs-wasm', 'wasm'],
    ])
    for (const { of, ratio } of result.ratios) {
      const [own, first] = [of, 'wasm'].map((name) => result.timings.find((timing) => timing.name === name)!.medianMilliseconds)
      expect(ratio).toBe(own / first)
    }
  })

  it.each([() => 0, () => Number.NaN])('ends if the clock tells no time: %s', async (clock) => {
    const now = vi.spyOn(performance, 'now').mockImplementation(clock)
    try {
      const { verifications } = await benchFile({ file, backends: ['wasm'], runs: 2 }, quiet)
      expect(verifications).toMatchObject([{ name: 'wasm', verified: true }])
    } finally {
      now.mockRestore()
    }
  })

  it('lists the known backends and rivals', async () => {
    expect((await onebit('bench', file, '--backend', 'wsam')).stderr).toContain("Did you mean 'wasm'?")
    expect((await onebit('bench', file, '--against', 'tfjs-wsm')).stderr).toContain("Did you mean 'tfjs-wasm'?")
  })
})

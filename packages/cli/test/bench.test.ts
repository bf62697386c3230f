import { join } from 'node:path'
import { GraphBuilder, type GraphTensor, packSigns, reference } from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
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

function random(): () => number {
  let state = 7
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return (state / 2_147_483_647 - 0.5) * 2
  }
}

const next = random()
const float = (...shape: number[]): GraphTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next),
})
const bits = (...shape: number[]): GraphTensor => ({
  dtype: 'bit',
  shape,
  data: packSigns(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next)),
})

/** Every op that the interpreter knows, with uneven padding, groups, several thresholds and both kinds of weights. */
function everyOp(): ReturnType<GraphBuilder['build']> {
  const builder = new GraphBuilder()
  const image = builder.input('image', [9, 9, 4])
  const padding = [1, 0, 0, 1] as const
  const node = builder.node.bind(builder)
  const conv = node('conv2d', {
    inputs: [image],
    attributes: { padding, groups: 2 },
    tensors: { weights: float(2, 2, 2, 6), bias: float(6) },
  })
  const norm = node('affine', { inputs: [conv], tensors: { scale: float(6), shift: float(6) } })
  const thresholds: GraphTensor = { dtype: 'float32', shape: [1, 3], data: Float32Array.of(-0.4, 0.1, 0.7) }
  const signs = node('threshold', { inputs: [norm], tensors: { thresholds, first: bits(6) } })
  const outside = (paddingValue: 'zero' | 'one' | 'minus-one'): string =>
    node('binaryConv2d', {
      inputs: [signs],
      attributes: { padding, paddingValue, strides: [2, 2] },
      tensors: { weights: bits(5, 3, 3, 6) },
    })
  const sums = (['zero', 'one', 'minus-one'] as const).map((value) => node('toFloat', { inputs: [outside(value)] }))
  const joined = node('concat', { inputs: sums, attributes: { axis: 2 } })
  const mixed = node('conv2d', {
    inputs: [joined],
    attributes: { dilations: [2, 2], padding: [1, 1, 1, 1] },
    tensors: { weights: bits(4, 2, 2, 15) },
  })
  const prelu = node('prelu', { inputs: [mixed], tensors: { slope: float(4) } })
  const gate = node('activation', { inputs: [prelu], attributes: { function: 'sigmoid' } })
  const gated = node('multiply', { inputs: [prelu, gate] })
  const summed = node('add', { inputs: [gated, prelu] })
  const clipped = node('clip', { inputs: [summed], attributes: { minimum: -5, maximum: 5 } })
  const padded = node('pad', { inputs: [clipped], attributes: { padding: [0, 1, 1, 0], value: 0.5 } })
  const largest = node('maxPool', { inputs: [padded], attributes: { size: [2, 2], strides: [1, 1], padding } })
  const average = node('averagePool', { inputs: [largest], attributes: { size: [2, 2], strides: [2, 2], padding: [0, 1, 0, 1] } })
  const counted = node('averagePool', { inputs: [average], attributes: { size: [2, 2], padding, countPadding: true } })
  const pooled = node('mean', { inputs: [counted], attributes: { axes: [0, 1] } })
  const decided = node('threshold', { inputs: [pooled], tensors: { thresholds: float(4, 1), first: bits(1) } })
  const voted = node('toFloat', { inputs: [node('binaryDense', { inputs: [decided], tensors: { weights: bits(8, 4) } })] })
  const shaped = node('reshape', { inputs: [voted], attributes: { shape: [8] } })
  const logits = node('dense', { inputs: [shaped], tensors: { weights: float(8, 3), bias: float(3) } })
  builder.output('scores', node('softmax', { inputs: [logits] }))
  builder.output('pooled', pooled)
  builder.output('voted', voted)
  return builder.build()
}

describe('compileForTfjs', () => {
  it.each(['cpu', 'wasm'])('computes what the reference does on %s', async (backend) => {
    if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm')
    await tf.setBackend(backend)
    const graph = everyOp()
    const compiled = compileForTfjs(tf, graph)
    const before = tf.memory().numTensors
    const image = Float32Array.from({ length: 3 * 9 * 9 * 4 }, random())
    const expected = await (await reference.compile(graph)).run({ image })
    // Float32 sums in another order: a few units in the last place of values of magnitude 1 to 10.
    expect(relativeDifference(expected, await compiled.run({ image }))).toBeLessThan(1e-5)
    expect(tf.memory().numTensors).toBe(before)
    compiled.dispose()
  })

  it('names an op it does not know', async () => {
    await tf.setBackend('cpu')
    const builder = new GraphBuilder()
    const resized = builder.node('resize', {
      name: 'up',
      inputs: [builder.input('image', [2, 2, 1])],
      attributes: { size: [4, 4] },
    })
    builder.output('large', resized)
    const compiled = compileForTfjs(tf, builder.build())
    await expect(compiled.run({ image: new Float32Array(4) })).rejects.toThrow(/'up' \(resize\)/)
  })
})

describe('relativeDifference', () => {
  it('is relative to the largest expected value', () => {
    expect(relativeDifference({ a: [10, 1] }, { a: [10, 2] })).toBeCloseTo(0.1)
  })

  it('is infinite for a missing output, another length or a value that is no number', () => {
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

  it('refuses a ratio for an answer that was not verified, of either side', () => {
    const timings = [timing('fast', 2), timing('right', 8), timing('wrong', 4)]
    const ratios = verifiedRatios(timings, [
      verification('fast', true),
      verification('right', true),
      verification('wrong', false),
    ])
    expect(ratios.map(({ ratio }) => ratio)).toEqual([4, null])
    const wrongFirst = verifiedRatios(timings, [verification('fast', false), verification('right', true)])
    expect(wrongFirst.map(({ ratio }) => ratio)).toEqual([null, null])
  })
})

describe('bench', () => {
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

  it('names the op that an ONNX rival cannot be given', async () => {
    const builder = new GraphBuilder()
    const image = builder.input('image', [2, 2, 1])
    builder.output('large', builder.node('resize', { name: 'up', inputs: [image], attributes: { size: [4, 4] } }))
    const compiled = compileForOnnxRuntime('onnxruntime-node', builder.build())
    await expect(compiled).rejects.toThrow(UsageError)
    await expect(compiled).rejects.toThrow(/'up'.*Leave the ONNX rivals out/)
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

  it('says which backends and rivals there are', async () => {
    expect((await onebit('bench', file, '--backend', 'wsam')).stderr).toContain("Did you mean 'wasm'?")
    expect((await onebit('bench', file, '--against', 'tfjs-wsm')).stderr).toContain("Did you mean 'tfjs-wasm'?")
  })
})

/** The option `stem`: the layers that use it, its explanations, and results that do not depend on threads. */

import { explainGraph, type Graph, GraphBuilder, type GraphTensor, OptionError } from '@onebit/core'
import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { wasm } from '../src/index.ts'
import { hasRelaxedSimd } from '../src/loading/support.ts'
import { backend, firstDifference } from './compare.ts'

const CHANNELS = 16
const random = new Random(SEED, SOME_SPECIAL)

function reals(...shape: number[]): GraphTensor {
  return {
    dtype: 'float32',
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.next() - 0.5),
  }
}

/** A stem with its followers, and a second convolution. */
function network(weights = reals(5, 5, 3, CHANNELS), groups = 1): Graph {
  const builder = new GraphBuilder()
  const image = builder.input('image', [33, 34, 3 * groups])
  const attributes = { strides: [2, 2], padding: [2, 2, 2, 2], groups } as const
  const tensors = { weights, bias: reals(CHANNELS) }
  const stem = builder.node('conv2d', { name: 'stem', inputs: [image], tensors, attributes })
  const active = builder.node('prelu', { name: 'prelu', inputs: [stem], tensors: { slope: reals(CHANNELS) } })
  const second = { weights: reals(1, 1, CHANNELS, 8) }
  builder.output('y', builder.node('conv2d', { name: 'second', inputs: [active], tensors: second }))
  return builder.build()
}

const picture = Float32Array.from({ length: 33 * 34 * 3 }, () => random.next() * 4 - 1)

async function run(graph: Graph, options: Parameters<typeof wasm>[0]): Promise<ArrayLike<number>> {
  const executable = await wasm(options).compile(graph)
  const { y } = await executable.run({ image: picture })
  executable.dispose()
  return y
}

function relativeError(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  const squares = (numbers: number[]): number => numbers.reduce((sum, value) => sum + value * value, 0)
  const all = Array.from(expected)
  return Math.sqrt(squares(all.map((value, index) => values[index] - value)) / squares(all))
}

describe(`a stem in integers, ONEBIT_SEED=${SEED}`, () => {
  it.each([
    ['int16', 1e-3],
    ['int8', 0.03],
  ] as const)('of %s is within %f of the real one', async (stem, tolerance) => {
    const graph = network()
    const error = relativeError(await run(graph, { stem }), await run(graph, {}))
    expect(error).toBeGreaterThan(0)
    expect(error).toBeLessThan(tolerance)
  })

  it.each(['int16', 'int8'] as const)('of %s gives the same on every build and number of threads', async (stem) => {
    const graph = network()
    const expected = await run(graph, { stem, relaxedSimd: false })
    expect(firstDifference(await run(graph, { stem }), expected)).toBeUndefined()
    expect(firstDifference(await run(graph, { stem, threads: 2 }), expected)).toBeUndefined()
  })

  it('is not what runs by default', async () => {
    const explanations = await explainGraph(network(), backend)
    expect(explanations.map(({ kernel, reason }) => [kernel, reason])).toEqual([
      ['floatConv', undefined],
      ['fused into stem', undefined],
      ['floatConv', undefined],
    ])
  })

  it('is explained', async () => {
    const explained = async (stem: 'int16' | 'int8', relaxedSimd: boolean) =>
      (await explainGraph(network(), wasm({ stem, relaxedSimd }))).map(({ kernel, reason }) => [kernel, reason])
    const rest = [
      ['fused into stem', undefined],
      ['floatConv', 'Only convolutions of a graph input compute in integers.'],
    ]
    const strict = 'Strict SIMD has no dot product of 8-bit lanes: 16-bit ones give the same sums.'
    expect(await explained('int16', false)).toEqual([['integerConv16', undefined], ...rest])
    expect(await explained('int8', false)).toEqual([['integerConv16', strict], ...rest])
    if (hasRelaxedSimd()) expect(await explained('int8', true)).toEqual([['integerConv8', undefined], ...rest])
  })

  it('stays real where it has to, and says why', async () => {
    const stemOf = async (graph: Graph) => (await explainGraph(graph, wasm({ stem: 'int8' })))[0]
    const broken = reals(5, 5, 3, CHANNELS)
    broken.data[0] = Number.NaN
    expect(await stemOf(network(broken))).toMatchObject({ reason: expect.stringContaining('some weights are not finite.') })
    expect(await stemOf(network(reals(5, 5, 3, CHANNELS), 2))).toMatchObject({
      kernel: 'floatConv',
      reason: 'The stem computes in float32: it has groups.',
    })
    const builder = new GraphBuilder()
    const inputs = [builder.input('image', [8, 8, 257])]
    builder.output('y', builder.node('conv2d', { inputs, tensors: { weights: reals(8, 8, 257, 1) } }))
    expect(await stemOf(builder.build())).toMatchObject({ reason: expect.stringContaining('16448 products, more than 16384') })
  })

  it('has to be one that exists', async () => {
    expect(() => wasm({ stem: 'int4' as never })).toThrow(OptionError)
  })
})

/** Files of a few hundred kilobytes compile in seconds, or a typed error says which limit they exceed. */
import { type Graph, GraphBuilder, type GraphTensor, LimitError } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { describe, expect, it, test } from 'vitest'
import { expectSameAsReference, singleNode } from './compare.ts'

const backend = wasm({ relaxedSimd: false })
const floats = (...shape: number[]): GraphTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from({ length: shape.reduce((count, size) => count * size, 1) }, (_, index) => (index % 7) - 3),
})

function ofManyInputs(count: number): Graph {
  const builder = new GraphBuilder()
  for (let index = 0; index < count; index++) builder.input(`x${index}`, [1])
  builder.output('y', builder.node('toFloat', { inputs: ['x0'] }))
  return builder.build()
}

/** Convolutions one after another, all with the same tensor. */
function ofOneTensor(count: number): Graph {
  const builder = new GraphBuilder()
  const x = builder.input('x', [1, 1, 1])
  builder.output('y', builder.node('conv2d', { name: 'c0', inputs: [x], tensors: { weights: floats(1, 1, 1, 1) } }))
  const { nodes, ...graph } = builder.build()
  const chain = Array.from({ length: count }, (_, index) => ({
    ...nodes[0],
    name: `c${index}`,
    inputs: [index === 0 ? 'x' : `c${index - 1}`],
  }))
  return { ...graph, nodes: chain, outputs: [{ name: 'y', value: `c${count - 1}` }] }
}

/** Outputs that are all one value. */
function ofManyOutputs(count: number): Graph {
  const builder = new GraphBuilder()
  builder.node('toFloat', { name: 'n', inputs: [builder.input('x', [1])] })
  for (let index = 0; index < count; index++) builder.output(`y${index}`, 'n')
  return builder.build()
}

/** One value that many nodes read. */
function ofManyReaders(count: number): Graph {
  const builder = new GraphBuilder()
  const x = builder.input('x', [1])
  for (let index = 0; index < count; index++) builder.output(`y${index}`, builder.node('toFloat', { inputs: [x] }))
  return builder.build()
}

async function secondsOf(graph: Graph): Promise<number> {
  const start = performance.now()
  const executable = await backend.compile(graph)
  executable.dispose()
  return (performance.now() - start) / 1000
}

describe('compiling takes no longer a part for many', () => {
  it.each<[string, (count: number) => Graph, number]>([
    ['inputs', ofManyInputs, 100_000],
    ['convolutions that share a tensor', ofOneTensor, 20_000],
    ['outputs', ofManyOutputs, 20_000],
    ['readers of one value', ofManyReaders, 20_000],
  ])(
    '%s',
    async (_, graphOf, count) => {
      const few = graphOf(count / 8)
      const seconds = [await secondsOf(few), await secondsOf(few)]
      // There are 8 times the parts. A search through all of them for each would take 64 times as long.
      expect(await secondsOf(graphOf(count))).toBeLessThan(32 * Math.min(...seconds))
    },
    120_000,
  )
})

describe('transposed convolutions', () => {
  const transposed = (
    input: readonly [number, number],
    window: readonly [number, number],
    strides: readonly [number, number],
    outputPadding: readonly [number, number] = [0, 0],
  ): Graph =>
    singleNode({
      op: 'conv2dTranspose',
      inputs: [[...input, 1]],
      attributes: { strides, outputPadding },
      tensors: { weights: floats(...window, 1, 1) },
    })

  test.each([
    ['65536, beyond the output', transposed([1, 1], [1, 1], [65_536, 65_536])],
    ['2^31 - 1', transposed([1, 1], [1, 1], [2 ** 31 - 1, 2 ** 31 - 1])],
    ['64, with a tap for each', transposed([1, 1], [64, 64], [64, 64])],
    ['64, between which nothing lies', transposed([1, 1], [1, 1], [64, 64], [63, 63])],
  ])('of strides %s compute what the reference does', async (_, graph) => {
    await expectSameAsReference(graph, new Random(SEED, SOME_SPECIAL))
  })

  test.each([
    ['a tap for each of 65536 rows', transposed([1, 1], [65_536, 1], [65_536, 1])],
    ['64 million pixels between strides', transposed([1, 1], [1, 1], [8000, 8000], [7999, 7999])],
  ])('of %s are refused', async (_, graph) => {
    const error = await backend.compile(graph).catch((thrown) => thrown)
    expect(LimitError.isInstance(error), String(error)).toBe(true)
    expect(error.message).toMatch(/too large to compile/)
  })
})

test('a convolution of as many taps as rows is refused', async () => {
  const graph = singleNode({
    op: 'conv2d',
    inputs: [[2 ** 15, 1, 1]],
    attributes: { padding: [2 ** 14, 2 ** 14 - 1, 0, 0] },
    tensors: { weights: floats(2 ** 15, 1, 1, 1) },
  })
  await expect(backend.compile(graph)).rejects.toThrow(LimitError)
})

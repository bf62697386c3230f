import { type Graph, GraphBuilder, inferTypes, typeGraph } from '@onebit/core'
import { Random, SEED, SOME_SPECIAL, sign } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { chooseBatches } from './choose-batches.ts'

const random = new Random(SEED, SOME_SPECIAL)

/** A network with a dense layer of 8 outputs and a last node that `grow` adds behind it. */
function network(grow: (builder: GraphBuilder, dense: string) => string, shape: readonly number[] = [16]): Graph {
  const builder = new GraphBuilder()
  const tensors = { weights: random.floatTensor(shape.at(-1)!, 8) }
  const dense = builder.node('dense', { inputs: [builder.input('x', shape)], tensors })
  builder.output('y', grow(builder, dense))
  return builder.build()
}

function stacks(graph: Graph, threads = 1): ReturnType<typeof chooseBatches> {
  return chooseBatches(typeGraph(graph), threads)
}

function constant(builder: GraphBuilder, ...shape: number[]): string {
  return builder.node('constant', { tensors: { value: random.floatTensor(...shape) } })
}

describe('chooseBatches', () => {
  it('puts an axis of samples in front of every value', () => {
    const graph = network((builder, dense) => {
      const bits = sign(builder, builder.node('add', { inputs: [dense, constant(builder, 8)] }))
      const joined = builder.node('concat', { name: 'joined', inputs: [bits, bits], attributes: { axis: 0 } })
      const cut = builder.node('slice', { name: 'cut', inputs: [joined], attributes: { begin: [3], size: [12] } })
      const square = builder.node('reshape', { name: 'square', inputs: [cut], attributes: { shape: [3, 4] } })
      const weights = random.bitTensor(5, 4)
      return builder.node('binaryDense', { name: 'sums', inputs: [square], tensors: { weights } })
    })
    const [{ samples, typed }] = stacks(graph)
    const types = inferTypes(typed.graph)
    expect(types).toEqual(typed.types)
    const shapes = ['x', 'joined', 'cut', 'square', 'sums'].map((name) => types.get(name)!.shape)
    expect(shapes).toEqual([[16], [16], [12], [3, 4], [3, 5]].map((shape) => [samples, ...shape]))
  })

  it('gives each thread 16 rows, and fewer for what is left', () => {
    const graph = network((_, dense) => dense)
    expect(stacks(graph).map(({ samples }) => samples)).toEqual([16, 8, 4, 2, 1])
    expect(stacks(graph, 3).map(({ samples }) => samples)).toEqual([48, 24, 12, 6, 3, 1])
    expect(stacks(network((_, dense) => dense, [3, 16])).map(({ samples }) => samples)).toEqual([5, 2, 1])
  })

  it('shares work among threads where there is enough', () => {
    const builder = new GraphBuilder()
    const tensors = { weights: random.floatTensor(1024, 1024) }
    builder.output('y', builder.node('dense', { inputs: [builder.input('x', [1024])], tensors }))
    const threads = stacks(builder.build(), 2).map((stack) => [stack.samples, stack.threads])
    expect(threads).toEqual([
      [32, 2],
      [16, 2],
      [8, 2],
      [4, 1],
      [2, 1],
      [1, 1],
    ])
  })

  it.each<[string, Graph]>([
    [
      'no dense layer',
      (() => {
        const builder = new GraphBuilder()
        builder.output('y', sign(builder, builder.input('x', [8])))
        return builder.build()
      })(),
    ],
    ['rows enough in one sample', network((_, dense) => dense, [17, 16])],
    [
      'an op that mixes rows',
      network((builder, dense) => builder.node('mean', { inputs: [dense], attributes: { axes: [0] } }), [2, 16]),
    ],
    [
      'shapes that broadcast across axes',
      network((builder, dense) => builder.node('add', { inputs: [dense, constant(builder, 2, 8)] })),
    ],
    [
      'a scalar',
      network((builder, dense) => {
        const one = builder.node('slice', { inputs: [dense], attributes: { begin: [0], size: [1] } })
        return builder.node('reshape', { inputs: [one], attributes: { shape: [] } })
      }),
    ],
    [
      'a constant joined to samples',
      network((builder, dense) => builder.node('concat', { inputs: [dense, constant(builder, 8)], attributes: { axis: 0 } })),
    ],
    ['a constant output', network((builder) => constant(builder, 8))],
  ])('leaves networks with %s alone', (_, graph) => {
    expect(stacks(graph, 2)).toMatchObject([{ samples: 1, typed: { graph }, threads: 2 }])
  })
})

import { type Graph, GraphBuilder, type GraphTensor } from '@onebit/core'
import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { expectSameAsReference } from '../../test/compare.ts'
import { planFor } from '../../test/plan-for.ts'

const random = new Random(SEED, SOME_SPECIAL)

class Network {
  readonly builder = new GraphBuilder()

  convolution(weights: GraphTensor, groups = 1): string {
    const channels = groups * weights.shape[2]
    const inputs = [this.builder.input('x', [7, 6, channels])]
    const attributes = { groups, padding: [1, 1, 1, 1] } as const
    const bias = random.floatTensor(weights.shape[3])
    return this.builder.node('conv2d', { name: 'sums', inputs, tensors: { weights, bias }, attributes })
  }

  dense(outputs: number): string {
    const inputs = [this.builder.input('x', [12])]
    return this.builder.node('dense', { name: 'sums', inputs, tensors: { weights: random.floatTensor(12, outputs) } })
  }

  transposed(outputs: number): string {
    const inputs = [this.builder.input('x', [4, 5, 3])]
    const tensors = { weights: random.floatTensor(2, 2, 3, outputs) }
    return this.builder.node('conv2dTranspose', { name: 'sums', inputs, tensors, attributes: { strides: [2, 2] } })
  }

  affine(value: string): string {
    const channels = this.builder.type(value).shape.at(-1)!
    const tensors = { scale: random.floatTensor(channels), shift: random.floatTensor(1) }
    return this.builder.node('affine', { name: 'affine', inputs: [value], tensors })
  }

  prelu(value: string): string {
    const tensors = { slope: random.floatTensor(this.builder.type(value).shape.at(-1)!) }
    return this.builder.node('prelu', { name: 'prelu', inputs: [value], tensors })
  }

  activation(value: string, name: 'relu' | 'sigmoid' = 'relu'): string {
    return this.builder.node('activation', { name, inputs: [value], attributes: { function: name } })
  }

  finish(...values: string[]): Graph {
    for (const name of values) this.builder.output(name, name)
    return this.builder.build()
  }
}

function layersOf(graph: Graph): string[] {
  return planFor(graph).units.flatMap((unit) => (unit.kind === 'real-layer' ? unit.values : []))
}

const SUMS: Readonly<Record<string, (network: Network) => string>> = {
  'a convolution': (network) => network.convolution(random.floatTensor(3, 3, 3, 16)),
  'one of an odd number of outputs': (network) => network.convolution(random.floatTensor(3, 2, 5, 13)),
  'one of 8 outputs': (network) => network.convolution(random.floatTensor(1, 1, 4, 8)),
  'one with groups': (network) => network.convolution(random.floatTensor(3, 3, 2, 30), 3),
  'one with an infinite weight': (network) => {
    const weights = random.floatTensor(3, 3, 3, 12)
    weights.data[5] = Infinity
    return network.convolution(weights)
  },
  'a transposed convolution': (network) => network.transposed(11),
  'a dense layer': (network) => network.dense(77),
}

const TAILS: Readonly<Record<string, (network: Network, value: string) => string>> = {
  affine: (network, value) => network.affine(value),
  PReLU: (network, value) => network.prelu(value),
  ReLU: (network, value) => network.activation(value),
  'affine, PReLU': (network, value) => network.prelu(network.affine(value)),
  'affine, ReLU': (network, value) => network.activation(network.affine(value)),
}

describe('real layers', () => {
  describe.each(Object.keys(SUMS))('runs in one layer %s', (sums) => {
    it.each(Object.keys(TAILS))('and %s', async (tail) => {
      const network = new Network()
      const result = TAILS[tail](network, SUMS[sums](network))
      const graph = network.finish(result)
      expect(layersOf(graph)).toEqual([result])
      await expectSameAsReference(graph, random, 2)
    })
  })

  it('keeps apart what another node or the caller reads', async () => {
    const network = new Network()
    const sums = network.dense(8)
    const graph = network.finish(network.prelu(network.affine(sums)), 'affine')
    expect(layersOf(graph)).toEqual(['affine'])
    await expectSameAsReference(graph, random)
    expect(layersOf({ ...graph, outputs: [...graph.outputs, { name: 'sums', value: sums }] })).toEqual([])
  })

  it('leaves depthwise convolutions and other activations alone', async () => {
    const depthwise = new Network()
    const graph = depthwise.finish(depthwise.activation(depthwise.convolution(random.floatTensor(3, 3, 1, 5), 5)))
    expect(layersOf(graph)).toEqual([])
    await expectSameAsReference(graph, random)
    const network = new Network()
    expect(layersOf(network.finish(network.activation(network.dense(8), 'sigmoid')))).toEqual([])
  })
})

import { type Graph, GraphBuilder, typeGraph } from '@onebit/core'
import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { expectSameAsReference } from '../../test/compare.ts'
import { planFor } from '../../test/plan-for.ts'
import { findPanels } from './panel-layout.ts'

const random = new Random(SEED, SOME_SPECIAL)
/** An odd number of pixels, so that the last one is paired with itself. */
const SHAPE = [7, 9] as const

interface Choices {
  readonly channels?: number
  readonly steps?: number
  readonly strides?: readonly [number, number]
  readonly groups?: number
  readonly padding?: number
}

class Network {
  readonly builder = new GraphBuilder()

  input(channels: number): string {
    return this.builder.input('x', [...SHAPE, channels])
  }

  threshold(value: string, steps = 1): string {
    const channels = this.builder.type(value).shape.at(-1)!
    return this.builder.node('threshold', { inputs: [value], tensors: random.thresholds(channels, steps) })
  }

  pointwise(bits: string, outputs: number, { strides = [1, 1], groups = 1, padding = 0 }: Choices = {}): string {
    const channels = this.builder.type(bits).shape.at(-1)!
    const attributes = { strides, groups, padding: [padding, padding, padding, padding] } as const
    const tensors = { weights: random.bitTensor(outputs, 1, 1, channels / groups) }
    return this.builder.node('binaryConv2d', { inputs: [bits], tensors, attributes })
  }

  wide(bits: string, outputs: number): string {
    const channels = this.builder.type(bits).shape.at(-1)!
    const tensors = { weights: random.bitTensor(outputs, 3, 3, channels) }
    return this.builder.node('binaryConv2d', { inputs: [bits], tensors, attributes: { padding: [1, 1, 1, 1] } })
  }

  affine(value: string): string {
    const channels = this.builder.type(value).shape.at(-1)!
    const tensors = { scale: random.floatTensor(channels), shift: random.floatTensor(channels) }
    return this.builder.node('affine', { inputs: [value], tensors })
  }

  finish(...values: string[]): Graph {
    values.forEach((value, index) => {
      this.builder.output(`y${index}`, value)
    })
    return this.builder.build()
  }
}

function panelsOf(graph: Graph): string[] {
  return [...findPanels(typeGraph(graph), planFor(graph))]
}

describe('findPanels', () => {
  it.each([16, 48, 64, 112, 128])('takes the bits of %i channels that 1x1 layers alone read', async (channels) => {
    const network = new Network()
    const bits = network.threshold(network.input(channels))
    const graph = network.finish(network.pointwise(bits, 32), network.affine(network.pointwise(bits, 5)))
    expect(panelsOf(graph)).toEqual([bits])
    await expectSameAsReference(graph, random, 2)
  })

  it('takes the rows of a dense layer', async () => {
    const { builder } = new Network()
    const value = builder.input('x', [3, 32])
    const bits = builder.node('threshold', { inputs: [value], tensors: random.thresholds(32, 1) })
    builder.output('y', builder.node('binaryDense', { inputs: [bits], tensors: { weights: random.bitTensor(20, 32) } }))
    const graph = builder.build()
    expect(panelsOf(graph)).toEqual([bits])
    await expectSameAsReference(graph, random, 2)
  })

  it.each<[string, Choices]>([
    ['a stride', { strides: [2, 2] }],
    ['groups', { groups: 2 }],
    ['padding', { padding: 1 }],
    ['channels that end amid a vector', { channels: 20 }],
    ['two thresholds a channel', { steps: 2 }],
  ])('leaves the bits packed before a 1x1 layer with %s', async (_name, choices) => {
    const network = new Network()
    const bits = network.threshold(network.input(choices.channels ?? 32), choices.steps)
    const graph = network.finish(network.pointwise(bits, 32, choices))
    expect(panelsOf(graph)).toEqual([])
    await expectSameAsReference(graph, random)
  })

  it('leaves bits packed that others read, or that the graph returns', async () => {
    const network = new Network()
    const bits = network.threshold(network.input(32))
    const others = network.finish(network.pointwise(bits, 16), network.wide(bits, 16))
    expect(panelsOf(others)).toEqual([])
    await expectSameAsReference(others, random)
    const returning = new Network()
    const returned = returning.threshold(returning.input(32))
    const graph = returning.finish(returning.pointwise(returned, 16), returned)
    expect(panelsOf(graph)).toEqual([])
    await expectSameAsReference(graph, random)
  })

  it('has layers write them behind floats and straight from counts, of shared bases and others', async () => {
    for (const channels of [32, 30]) {
      const network = new Network()
      const first = network.threshold(network.input(channels))
      const second = network.threshold(network.affine(network.wide(first, 32)))
      const third = network.threshold(network.pointwise(second, 48))
      const scaled = network.affine(network.pointwise(third, 64))
      const last = network.threshold(scaled)
      const graph = network.finish(network.pointwise(last, 8), scaled)
      expect(panelsOf(graph)).toEqual([second, third, last])
      await expectSameAsReference(graph, random, 2)
      const direct = new Network()
      const bits = direct.threshold(direct.wide(direct.threshold(direct.input(channels)), 32))
      const packed = direct.finish(direct.pointwise(bits, 16))
      expect(panelsOf(packed)).toEqual([bits])
      await expectSameAsReference(packed, random, 2)
    }
  })

  it('leaves bits packed that a transposed layer computes, row by row', async () => {
    const network = new Network()
    const inputs = [network.threshold(network.input(16))]
    const attributes = { strides: [2, 2] } as const
    const tensors = { weights: random.bitTensor(16, 3, 3, 16) }
    const sums = network.builder.node('binaryConv2dTranspose', { inputs, tensors, attributes })
    const graph = network.finish(network.pointwise(network.threshold(network.affine(sums)), 16))
    expect(panelsOf(graph)).toEqual([])
    await expectSameAsReference(graph, random)
  })
})

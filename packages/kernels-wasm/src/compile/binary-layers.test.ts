import { type Graph, GraphBuilder } from '@onebit/core'
import { Random, SEED, SOME_SPECIAL, sign } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { expectSameAsReference } from '../../test/compare.ts'
import { planFor } from '../../test/plan-for.ts'

const random = new Random(SEED, SOME_SPECIAL)
const SHAPE = [6, 5, 16] as const
const CHANNELS = 16
const ONE = { dtype: 'float32', shape: [1], data: new Float32Array([1]) } as const

class Network {
  readonly builder = new GraphBuilder()
  readonly input = this.builder.input('x', SHAPE)

  convolution(value: string, name: string): string {
    return this.builder.node('binaryConv2d', {
      name,
      inputs: [sign(this.builder, value)],
      tensors: { weights: random.bitTensor(CHANNELS, 3, 3, CHANNELS) },
      attributes: { padding: [1, 1, 1, 1] },
    })
  }

  affine(value: string, name: string): string {
    const tensors = { scale: random.floatTensor(CHANNELS), shift: random.floatTensor(1) }
    return this.builder.node('affine', { name, inputs: [value], tensors })
  }

  prelu(value: string): string {
    return this.builder.node('prelu', { name: 'prelu', inputs: [value], tensors: { slope: random.floatTensor(1) } })
  }

  shift(value: string, name: string): string {
    const tensors = { scale: ONE, shift: random.floatTensor(CHANNELS) }
    return this.builder.node('affine', { name, inputs: [value], tensors })
  }

  rprelu(value: string): string {
    return this.shift(this.prelu(this.shift(value, 'before')), 'rprelu')
  }

  gate(value: string): string {
    const squeezed = this.builder.node('mean', { inputs: [this.input], attributes: { axes: [0, 1] } })
    return this.builder.node('multiply', { name: 'gated', inputs: [squeezed, value] })
  }

  add(...inputs: [string, string]): string {
    return this.builder.node('add', { name: 'add', inputs })
  }

  finish(value: string, ...others: string[]): Graph {
    for (const name of [value, ...others]) this.builder.output(name, name)
    return this.builder.build()
  }
}

const TAILS: Readonly<Record<string, (network: Network, value: string) => string>> = {
  'affine alone': (_network, value) => value,
  'affine, PReLU': (network, value) => network.prelu(value),
  'affine, shortcut': (network, value) => network.add(value, network.input),
  'affine, PReLU, shortcut': (network, value) => network.add(network.input, network.prelu(value)),
  'affine, gate': (network, value) => network.gate(value),
  'affine, gate, PReLU': (network, value) => network.prelu(network.gate(value)),
  'affine, gate, shortcut': (network, value) => network.add(network.gate(value), network.input),
  'affine, gate, PReLU, shortcut': (network, value) => network.add(network.prelu(network.gate(value)), network.input),
  'affine, gate, shortcut, PReLU': (network, value) => network.prelu(network.add(network.gate(value), network.input)),
  'affine, RPReLU': (network, value) => network.rprelu(value),
  'affine, shortcut, RPReLU': (network, value) => network.rprelu(network.add(value, network.input)),
  'affine, RPReLU, shortcut': (network, value) => network.add(network.rprelu(value), network.input),
  'affine, gate, RPReLU': (network, value) => network.rprelu(network.gate(value)),
  'affine, gate, shortcut, RPReLU': (network, value) => network.rprelu(network.add(network.gate(value), network.input)),
  'affine, gate, RPReLU, shortcut': (network, value) => network.add(network.rprelu(network.gate(value)), network.input),
  'affine, shortcut, PReLU': (network, value) => network.prelu(network.add(value, network.input)),
}

function layersOf(graph: Graph): string[] {
  return planFor(graph).units.flatMap((unit) => (unit.kind === 'binary-layer' ? [unit.layer.result] : []))
}

function rectifiersOf(graph: Graph): string[] {
  return planFor(graph).units.flatMap((unit) => (unit.kind === 'rectifier' ? [unit.main] : []))
}

describe('binary layers', () => {
  it.each(Object.keys(TAILS))('runs %s and the next threshold in one layer', async (name) => {
    const network = new Network()
    const result = TAILS[name](network, network.affine(network.convolution(network.input, 'conv'), 'affine'))
    const bits = sign(network.builder, result)
    for (const graph of [network.finish(bits), { ...network.finish(result), outputs: [{ name: 'bits', value: bits }] }]) {
      expect(layersOf(graph)).toEqual([result])
      await expectSameAsReference(graph, random, 2)
    }
  })

  it('runs an RPReLU that follows no layer in one pass', async () => {
    for (const parts of ['before', 'after', 'before and after']) {
      const network = new Network()
      const shift = (value: string, name: string): string => (parts.includes(name) ? network.shift(value, name) : value)
      const result = shift(network.prelu(shift(network.input, 'before')), 'after')
      const graph = network.finish(result)
      expect(rectifiersOf(graph)).toEqual([result])
      await expectSameAsReference(graph, random, 2)
      const both: Graph = { ...graph, outputs: [...graph.outputs, { name: 'inside', value: 'prelu' }] }
      expect(rectifiersOf(both)).toHaveLength(parts === 'after' ? 0 : 1)
      await expectSameAsReference(both, random)
    }
  })

  it('shares no shift between two RPReLUs in a row', async () => {
    const network = new Network()
    const first = network.rprelu(network.input)
    const slope = random.floatTensor(CHANNELS)
    const second = network.builder.node('prelu', { name: 'second', inputs: [first], tensors: { slope } })
    const graph = network.finish(network.shift(second, 'last'))
    expect(rectifiersOf(graph)).toEqual(['rprelu', 'last'])
    await expectSameAsReference(graph, random, 2)
  })

  it('gives a sum of two layers to one of them', async () => {
    const network = new Network()
    const left = network.affine(network.convolution(network.input, 'left conv'), 'left')
    const right = network.affine(network.convolution(network.input, 'right conv'), 'right')
    const graph = network.finish(network.add(left, right))
    expect(layersOf(graph)).toEqual(['right', 'add'])
    await expectSameAsReference(graph, random)

    const longer = new Network()
    const first = longer.affine(longer.convolution(longer.input, 'first conv'), 'first')
    const second = longer.affine(longer.convolution(longer.input, 'second conv'), 'second')
    const activated = longer.finish(longer.prelu(longer.add(first, second)))
    expect(layersOf(activated)).toEqual(['second', 'prelu'])
    await expectSameAsReference(activated, random)
  })

  it('keeps apart what another node or the caller reads', async () => {
    const network = new Network()
    const affine = network.affine(network.convolution(network.input, 'conv'), 'affine')
    const graph = network.finish(network.prelu(affine), affine)
    expect(layersOf(graph)).toEqual(['affine'])
    await expectSameAsReference(graph, random)
    expect(layersOf({ ...graph, outputs: [...graph.outputs, { name: 'sums', value: 'conv' }] })).toEqual([])
  })
})

import { Random, randomGraph, residualNetwork, SEED } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import type { Graph } from '../graph/graph.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { type TypedGraph, typeGraph } from '../graph/typed-graph.ts'
import { withOutputs } from '../graph/with-outputs.ts'
import type { CanFuse } from './can-fuse.ts'
import { explainNodes } from './explain-nodes.ts'
import { isBinary } from './fuse-binary-layers.ts'
import { mergeAffineThresholds } from './merge-affine-thresholds.ts'
import { planUnits, type Unit } from './plan-units.ts'

const CHOICES: Readonly<Record<string, CanFuse>> = {
  everything: () => true,
  nothing: () => false,
  'binary layers and thresholds': (node) => isBinary(node) || node.op === 'threshold',
  'all but gates and shortcuts': ({ op }) => op !== 'multiply' && op !== 'add',
}

/** Values that a unit reads and does not compute itself. */
function readsOf({ nodes }: Unit): string[] {
  const own = new Set(nodes.map(({ name }) => name))
  return nodes.flatMap(({ inputs }) => inputs.filter((input) => !own.has(input)))
}

function expectPlan(typed: TypedGraph, canFuse: CanFuse, message: string): void {
  const { graph } = typed
  const { units, unitOf } = planUnits(typed, { canFuse })
  const names = units.flatMap(({ nodes }) => nodes.map(({ name }) => name))
  expect(names.toSorted(), message).toEqual(graph.nodes.map(({ name }) => name).toSorted())
  const there = new Set(graph.inputs.map(({ name }) => name))
  for (const unit of units) {
    for (const value of readsOf(unit)) expect(there, `${message}: ${unit.main} reads ${value}`).toContain(value)
    for (const value of unit.values) there.add(value)
    for (const { name } of unit.nodes) expect(unitOf(name)).toBe(unit)
    if (unit.kind !== 'node') expect(unit.nodes.every(canFuse), message).toBe(true)
  }
  for (const { value } of graph.outputs) expect(there, message).toContain(value)
}

describe('planUnits', () => {
  it.each(Object.keys(CHOICES))('has every node once, behind what it reads, where %s may be fused', (name) => {
    for (let number = 0; number < 60; number++) {
      const random = new Random(SEED + number)
      const graph = number % 3 === 0 ? residualNetwork(random) : randomGraph(random)
      for (const typed of [typeGraph(graph), mergeAffineThresholds(typeGraph(graph))]) {
        expectPlan(typed, CHOICES[name], `number ${number} of ONEBIT_SEED=${SEED}`)
      }
    }
  })

  it('leaves nodes alone unless the backend fuses them', () => {
    const typed = typeGraph(residualNetwork(new Random(SEED)))
    const plain = planUnits(typed).units
    expect(plain.map(({ main }) => main)).toEqual(typed.graph.nodes.map(({ name }) => name))
    expect(planUnits(typed, { canFuse: () => true }).units.length).toBeLessThan(plain.length)
  })
})

/** A binary layer, its batch normalization, shortcut and sign, and a second sign of the returned value. */
function layer(): Graph {
  const random = new Random(SEED)
  const builder = new GraphBuilder()
  const image = builder.input('image', [4, 4, 8])
  const bits = builder.node('threshold', { name: 'sign', inputs: [image], tensors: random.thresholds(8, 1) })
  const attributes = { padding: [1, 1, 1, 1] } as const
  const weights = random.bitTensor(8, 3, 3, 8)
  builder.node('binaryConv2d', { name: 'sums', inputs: [bits], tensors: { weights }, attributes })
  builder.node('affine', {
    name: 'norm',
    inputs: ['sums'],
    tensors: { scale: random.floatTensor(8), shift: random.floatTensor(8) },
  })
  builder.node('add', { name: 'sum', inputs: ['norm', image] })
  builder.output('bits', builder.node('threshold', { name: 'next', inputs: ['sum'], tensors: random.thresholds(8, 1) }))
  return builder.build()
}

describe('a binary layer', () => {
  const unitOf = (graph: Graph): Unit => planUnits(typeGraph(graph), { canFuse: () => true }).unitOf('sums')

  it('leaves its bits alone, and its result too where something else reads that', () => {
    expect(unitOf(layer())).toMatchObject({ kind: 'binary-layer', main: 'sums', values: ['next'] })
    expect(unitOf(layer()).nodes.map(({ name }) => name)).toEqual(['sums', 'norm', 'sum', 'next'])
    expect(unitOf(withOutputs(layer(), ['sum'])).values).toEqual(['sum', 'next'])
    expect(unitOf(withOutputs(layer(), ['norm'])).values).toEqual(['norm'])
  })

  it('is explained under its convolution, merged nodes included', () => {
    const graph = layer()
    const plan = planUnits(typeGraph(graph), { canFuse: () => true })
    const kernels = new Map(plan.units.map(({ main, kind }) => [main, { kernel: kind }]))
    const explained = explainNodes(graph, plan, new Map([['norm', 'next']]), kernels)
    expect(explained.map(({ node, kernel }) => [node, kernel])).toEqual([
      ['sign', 'node'],
      ['sums', 'binary-layer'],
      ['norm', 'fused into sums'],
      ['sum', 'fused into sums'],
      ['next', 'fused into sums'],
    ])
  })
})

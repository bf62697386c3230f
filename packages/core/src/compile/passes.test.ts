import {
  bitTensor,
  floatTensor,
  plainSign,
  Random,
  randomGraph,
  randomInputs,
  randomThresholds,
  SEED,
} from '@onebit/testkit/random'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextDown, nextUp } from '../contracts/float32-order.ts'
import { packSigns } from '../graph/bits.ts'
import type { Graph } from '../graph/graph.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { inferTypes } from '../graph/infer-types.ts'
import { typeGraph } from '../graph/typed-graph.ts'
import { reference } from '../reference/reference-backend.ts'
import { leastFloat } from './least-float.ts'
import { mergeAffine, mergeAffineThresholds } from './merge-affine-thresholds.ts'
import { removeUnused } from './remove-unused.ts'

async function run(graph: Graph, inputs: Record<string, Float32Array>) {
  return (await reference.compile(graph)).run(inputs)
}

function merge(graph: Graph): Graph {
  const merged = mergeAffineThresholds(typeGraph(graph))
  expect(merged.types).toEqual(inferTypes(merged.graph))
  return merged.graph
}

const seeds = fc.integer()
const settings = { seed: SEED, numRuns: 60 }

describe('leastFloat', () => {
  it('finds the least number that passes', () => {
    for (const t of [Number.NEGATIVE_INFINITY, -3.5, -(2 ** -149), 2 ** -149, 0.1, 7, Number.POSITIVE_INFINITY]) {
      expect(leastFloat((x) => x >= Math.fround(t))).toBe(Math.fround(t))
    }
    expect(leastFloat(() => false)).toBeUndefined()
  })
})

describe('mergeAffine', () => {
  const sign = ({ thresholds, first }: ReturnType<typeof mergeAffine>, x: number): number =>
    thresholds.reduce((s, t) => (x >= t ? -s : s), first)

  it('agrees with the affine at the crossing and one step around it', () => {
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(1, -1),
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3 }),
        (scale, shift, list, first, others) => {
          const channel = { thresholds: list.sort((a, b) => a - b), first }
          const merged = mergeAffine(channel, scale, shift)
          expect(merged.thresholds).toEqual(merged.thresholds.toSorted((a, b) => a - b))
          const crossings = merged.thresholds.filter(Number.isFinite)
          const infinities = scale === 0 ? [] : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
          // A reversed threshold at -Infinity promises equal bits for finite numbers only.
          const ends = scale < 0 && list.includes(Number.NEGATIVE_INFINITY) ? [] : infinities
          for (const x of [...others, ...ends, 0, -0, ...crossings.flatMap((t) => [t, nextUp(t), nextDown(t)])]) {
            if (scale === 0 && !Number.isFinite(x)) continue
            expect(sign(merged, x)).toBe(sign(channel, Math.fround(Math.fround(x * scale) + shift)))
          }
        },
      ),
      { seed: SEED, numRuns: 500 },
    )
  })
})

describe('mergeAffine at its limits', () => {
  it('of scale 0 compares the shift alone, a threshold at the shift being passed', () => {
    const merged = (shift: number) => mergeAffine({ thresholds: [1, 2], first: -1 }, 0, shift).first
    expect([0.5, 1, 1.5, 2, 3].map(merged)).toEqual([-1, 1, 1, -1, -1])
  })
})

describe('sums that float32 does not hold', () => {
  it.each([
    [2 ** 24, true],
    [2 ** 24 + 8, false],
  ])('of %i bits: their affine becomes part of the threshold: %s', (count, merges) => {
    const builder = new GraphBuilder()
    builder.input('x', [count])
    builder.node('threshold', { name: 'in', inputs: ['x'], tensors: plainSign() })
    const weights = { dtype: 'bit', shape: [1, count], data: new Uint8Array(count / 8) } as const
    builder.node('binaryDense', { name: 'sum', inputs: ['in'], tensors: { weights } })
    const tensors = { scale: floatTensor([1], [0.5]), shift: floatTensor([1], [1]) }
    builder.node('affine', { name: 'norm', inputs: ['sum'], tensors })
    builder.output('y', builder.node('threshold', { name: 'sign', inputs: ['norm'], tensors: plainSign() }))
    const ops = mergeAffineThresholds(typeGraph(builder.build())).graph.nodes.map(({ op }) => op)
    expect(ops.includes('affine')).toBe(!merges)
  })
})

describe('mergeAffineThresholds', () => {
  function chain(build: (builder: GraphBuilder) => void): Graph {
    const builder = new GraphBuilder()
    builder.input('x', [2, 2, 3])
    build(builder)
    return builder.build()
  }
  const affineTensors = { scale: floatTensor([3], [2, -0.5, 0]), shift: floatTensor([1], [0.3]) }

  it('turns affine and threshold into one node', async () => {
    const graph = chain((builder) => {
      builder.node('affine', { name: 'norm', inputs: ['x'], tensors: affineTensors })
      builder.node('threshold', { name: 'sign', inputs: ['norm'], tensors: plainSign() })
      builder.output('bits', 'sign')
    })
    const merged = merge(graph)
    expect(merged.nodes.map(({ op, inputs }) => [op, inputs])).toEqual([['threshold', ['x']]])
    const thresholds = merged.tensors.get(merged.nodes[0].tensors.thresholds)!
    expect(thresholds.data[2]).toBe(Number.POSITIVE_INFINITY)
    expect(merged.tensors.get(merged.nodes[0].tensors.first)!.data).toEqual(packSigns([-1, 1, 1]))
    const x = Float32Array.from([...thresholds.data.slice(0, 2)].flatMap((t) => [t, nextUp(t), nextDown(t), 0, 1, -1]))
    expect(await run(merged, { x })).toEqual(await run(graph, { x }))
  })

  it('compares accumulators with integers', async () => {
    const random = new Random(SEED)
    const graph = chain((builder) => {
      builder.node('threshold', { name: 'in', inputs: ['x'], tensors: plainSign() })
      builder.node('binaryConv2d', { name: 'conv', inputs: ['in'], tensors: { weights: random.bitTensor(3, 1, 1, 3) } })
      builder.node('affine', { name: 'norm', inputs: ['conv'], tensors: affineTensors })
      builder.node('threshold', { name: 'sign', inputs: ['norm'], tensors: randomThresholds(random, 3) })
      builder.output('bits', 'sign')
    })
    const merged = merge(graph)
    expect(merged.nodes.map(({ op }) => op)).toEqual(['threshold', 'binaryConv2d', 'threshold'])
    const { data } = merged.tensors.get(merged.nodes[2].tensors.thresholds)!
    expect(
      [...data].every((t) => Number.isInteger(t) || !Number.isFinite(t)),
      `ONEBIT_SEED=${SEED}`,
    ).toBe(true)
    const x = random.floats(12 * 20)
    expect(await run(merged, { x }), `ONEBIT_SEED=${SEED}`).toEqual(await run(graph, { x }))
  })

  it.each([
    ['an output', (builder: GraphBuilder) => builder.output('also', 'norm')],
    ['read by another op', (builder: GraphBuilder) => builder.output('also', builder.node('softmax', { inputs: ['norm'] }))],
  ])('leaves an affine alone that is %s', (_, more) => {
    const graph = chain((builder) => {
      builder.node('affine', { name: 'norm', inputs: ['x'], tensors: affineTensors })
      builder.node('threshold', { name: 'sign', inputs: ['norm'], tensors: plainSign() })
      builder.output('bits', 'sign')
      more(builder)
    })
    expect(merge(graph)).toEqual(graph)
  })

  it('says where an affine went, and keeps its names and order', () => {
    const graph = chain((builder) => {
      for (const name of ['alone', 'shared']) {
        builder.node('affine', { name, inputs: ['x'], tensors: affineTensors })
        builder.output(`${name}.bits`, builder.node('threshold', { name: `${name}.sign`, inputs: [name], tensors: plainSign() }))
      }
      builder.output('real', 'shared')
    })
    const merged = mergeAffineThresholds(typeGraph(graph))
    expect([...merged.absorbed]).toEqual([['alone', 'alone.sign']])
    expect(merged.graph.nodes.map(({ name }) => name)).toEqual(['alone.sign', 'shared', 'shared.sign'])
  })

  it('keeps a tensor that another node shares', async () => {
    const graph = chain((builder) => {
      builder.node('threshold', { name: 'first', inputs: ['x'], tensors: plainSign() })
      builder.node('affine', { name: 'norm', inputs: ['x'], tensors: affineTensors })
      builder.node('threshold', {
        name: 'sign',
        inputs: ['norm'],
        tensors: { thresholds: 'first.thresholds', first: 'first.first' },
      })
      builder.output('a', 'first')
      builder.output('b', 'sign')
    })
    const x = Float32Array.from([-1, -0.15, 0, 0.6, 0.7, 1, 2, 0.5, 0.1, 0.3, -0.3, 3])
    expect(await run(merge(graph), { x })).toEqual(await run(graph, { x }))
  })
})

describe('every pass, on random graphs', () => {
  it.each([
    ['removeUnused', removeUnused],
    ['mergeAffineThresholds', merge],
  ])('%s preserves every bit', async (_, pass) => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const random = new Random(seed)
        const graph = randomGraph(random)
        const inputs = randomInputs(random, graph, 2)
        const result = pass(graph)
        inferTypes(result)
        expect(await run(result, inputs)).toEqual(await run(graph, inputs))
      }),
      settings,
    )
  })
})

describe('removeUnused', () => {
  it('removes what no output needs, and nothing else', () => {
    const builder = new GraphBuilder()
    builder.input('x', [2])
    builder.input('unread', [2])
    builder.node('affine', {
      name: 'kept',
      inputs: ['x'],
      tensors: { scale: floatTensor([1], [1]), shift: floatTensor([1], [0]) },
    })
    builder.node('affine', { name: 'lost', inputs: ['kept'], tensors: { scale: 'kept.scale', shift: floatTensor([1], [7]) } })
    builder.node('threshold', {
      name: 'lost too',
      inputs: ['lost'],
      tensors: { thresholds: floatTensor([1, 1], [0]), first: bitTensor([1], [1]) },
    })
    builder.output('y', 'kept')
    const graph = removeUnused(builder.build())
    expect(graph.nodes.map(({ name }) => name)).toEqual(['kept'])
    expect([...graph.tensors.keys()]).toEqual(['kept.scale', 'kept.shift'])
    expect(graph.inputs).toHaveLength(2)
  })
})

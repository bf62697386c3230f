/**
 * Property: every build of the kernels gives the reference backend's bits. A case is one binary layer with or without fused followers.
 * Each runs on the strict and the relaxed build with every tile, and on the popcount kernel. The program is for one thread, or for more
 * threads with its tasks in random order.
 */

import { elementCount, type Graph, GraphBuilder, type Pair, reference } from '@onebit/core'
import { Random, SEED, SOME_SPECIAL, sign } from '@onebit/testkit/random'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { compileNetwork } from '../src/compile/compile-network.ts'
import type { Instance } from '../src/loading/kernels.ts'
import { SingleThreadExecutable } from '../src/run/single-thread-executable.ts'
import { DILATIONS, pairOf } from './arbitraries.ts'
import { instantiateBuilds, TILES } from './builds.ts'
import { firstDifference } from './compare.ts'
import { runShuffled } from './shuffled-run.ts'

const CASES = Number(process.env.ONEBIT_PROPERTY_CASES ?? 10_000)
/** Every case fits. Memory keeps the data of earlier cases, which catches a kernel that expects zeros. */
const MEMORY_BYTES = 4 * 1024 * 1024

const ONE = { dtype: 'float32', shape: [1], data: new Float32Array([1]) } as const

const CASE = fc.record({
  kind: fc.constantFrom('plain', 'plain', 'plain', 'pointwise', 'grouped', 'depthwise', 'transposed', 'transposed', 'dense'),
  kernel: pairOf(1, 4),
  strides: pairOf(1, 3),
  dilations: DILATIONS,
  padding: fc.tuple(pairOf(0, 2), pairOf(0, 2)),
  /** Rows and columns beyond the smallest input that gives an output. */
  extra: pairOf(0, 5),
  groups: fc.integer({ min: 2, max: 4 }),
  channels: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(8, 16, 32, 64)),
  outputs: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(8, 16, 64, 80)),
  paddingValue: fc.constantFrom('zero', 'one', 'minus-one'),
  tail: fc.constantFrom(
    ...['none', 'none', 'affine', 'threshold', 'affine, threshold', 'affine, PReLU, threshold'],
    ...['affine, gate, PReLU, shortcut', 'affine, shortcut, last PReLU, threshold'],
    ...['affine, shortcut, last RPReLU', 'affine, gate, RPReLU'],
    ...['threshold, pointwise', 'affine, threshold, pointwise', 'affine, PReLU, shortcut, threshold, pointwise'],
  ),
  batch: fc.integer({ min: 1, max: 2 }),
  threads: fc.constantFrom(1, 1, 2, 3),
  seed: fc.nat(),
})
type Case = typeof CASE extends fc.Arbitrary<infer Value> ? Value : never

/** Groups, and outputs of each. Depthwise, most have one. */
function groupsOf({ kind, groups, channels, outputs }: Case): [number, number] {
  if (kind === 'depthwise') return [channels + 1, outputs % 4 === 0 ? 2 : 1]
  return kind === 'grouped' ? [groups, outputs] : [1, outputs]
}

/** Adds the followers of the sums. */
function addTail(builder: GraphBuilder, sums: string, { tail }: Case, random: Random): string {
  const outputs = builder.type(sums).shape.at(-1)!
  const spread = 8
  let value = sums
  const constant = (...shape: readonly number[]): string =>
    builder.node('constant', { tensors: { value: random.floatTensor(...shape) } })
  const addAffine = (scale = random.floatTensor(outputs)): string => {
    const tensors = { scale, shift: random.floatTensor(outputs) }
    return builder.node('affine', { inputs: [value], tensors })
  }
  const addPrelu = (): string => builder.node('prelu', { inputs: [value], tensors: { slope: random.floatTensor(outputs) } })
  if (tail.includes('affine')) value = addAffine()
  const addRectifier = (place: string): void => {
    const shifted = tail.includes(`${place}RPReLU`)
    if (shifted) value = addAffine(ONE)
    if (shifted || tail.includes(`${place}PReLU`)) value = addPrelu()
    if (shifted) value = addAffine(ONE)
  }
  if (tail.includes('gate')) value = builder.node('multiply', { inputs: [value, constant(outputs)] })
  addRectifier(', ')
  if (tail.includes('shortcut')) value = builder.node('add', { inputs: [value, constant(...builder.type(value).shape)] })
  addRectifier('last ')
  if (!tail.includes('threshold')) return value
  const steps = random.chance(0.7) ? 1 : 2
  const bits = builder.node('threshold', { inputs: [value], tensors: random.thresholds(outputs, steps, spread) })
  if (!tail.includes('pointwise')) return bits
  const weights = random.bitTensor(random.integer(1, 20), ...(builder.type(bits).shape.length === 3 ? [1, 1] : []), outputs)
  const op = builder.type(bits).shape.length === 3 ? 'binaryConv2d' : 'binaryDense'
  return builder.node(op, { inputs: [bits], tensors: { weights } })
}

/** Attributes of a window of one pixel that reads every pixel. */
const POINTWISE = {
  kernel: [1, 1],
  strides: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
} as const

function graphOf(layer: Case): { graph: Graph; inputs: Record<string, Float32Array> } {
  const { kind, dilations, extra, batch } = layer
  const { kernel, strides, padding } = kind === 'pointwise' ? POINTWISE : layer
  const random = new Random(layer.seed, SOME_SPECIAL)
  const builder = new GraphBuilder()
  const [groups, groupOutputs] = groupsOf(layer)
  const groupChannels = kind === 'depthwise' ? 1 : layer.channels
  const channels = groups * groupChannels
  const outputs = groups * groupOutputs
  const around = padding.map(([before, after]) => before + after)
  const window = kernel.map((size, axis) => (size - 1) * dilations[axis] + 1)
  const input = (shape: readonly number[]): string => sign(builder, builder.input('x', shape))
  const bits = (): string => {
    if (kind === 'dense') return input([...extra.slice(0, extra[0] % 3).map((size) => size + 1), channels])
    if (kind === 'transposed') return input([...extra.map((size) => 1 + Math.min(size, 3)), channels])
    return input([...window.map((size, axis) => Math.max(1, size - around[axis]) + extra[axis]), channels])
  }
  const layerOf = (): string => {
    if (kind === 'dense') {
      return builder.node('binaryDense', { inputs: [bits()], tensors: { weights: random.bitTensor(outputs, channels) } })
    }
    const tensors = { weights: random.bitTensor(outputs, ...kernel, groupChannels) }
    if (kind === 'transposed') {
      const crop = window.map((size) => Math.min(extra[0] % 3, (size - 1) >> 1))
      const outputPadding: Pair = [strides[0] > 1 ? extra[1] & 1 : 0, 0]
      const attributes = { strides, dilations, outputPadding, padding: [crop[0], crop[0], crop[1], crop[1]] } as const
      return builder.node('binaryConv2dTranspose', { inputs: [bits()], tensors, attributes })
    }
    const attributes = { strides, dilations, groups, paddingValue: layer.paddingValue, padding: padding.flat() as never }
    return builder.node('binaryConv2d', { inputs: [bits()], tensors, attributes })
  }
  builder.output('y', addTail(builder, layerOf(), layer, random))
  const graph = builder.build()
  return { graph, inputs: { x: random.floats(batch * elementCount(graph.inputs[0].shape)) } }
}

let instances: ReadonlyMap<string, Instance>

beforeAll(async () => {
  instances = await instantiateBuilds(MEMORY_BYTES)
})

it(`gives the reference's bits in ${CASES} random cases on every build`, async () => {
  const property = fc.asyncProperty(CASE, async (layer) => {
    const { batch, threads } = layer
    const { graph, inputs } = graphOf(layer)
    const { y: expected } = await (await reference.compile(graph)).run(inputs, { validate: false })
    for (const [name, tiles] of Object.entries(TILES)) {
      const program = compileNetwork(graph, { tiles, threads })
      expect(program.memory.bytes).toBeLessThanOrEqual(MEMORY_BYTES)
      for (const [build, instance] of instances) {
        const { y } =
          threads > 1
            ? runShuffled(program, instance, inputs, batch, threads, new Random(layer.seed, SOME_SPECIAL))
            : await new SingleThreadExecutable(program, instance).run(inputs, { validate: false })
        const difference = firstDifference(y, expected)
        if (difference) throw new Error(`${build}, ${name}, ${threads} threads: ${difference}`)
      }
    }
  })
  console.log(`kernel builds ${[...instances.keys()].join(', ')}: ONEBIT_SEED=${SEED}`)
  await fc.assert(property, { numRuns: CASES, seed: SEED })
})

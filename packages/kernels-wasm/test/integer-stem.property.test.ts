/**
 * Property: on every build, a stem in integers gives the same bits as plain loops with the same roundings. A case is one convolution of
 * a graph input, with or without fused followers.
 */

import { type ConvolutionAttributes, elementCount, type Graph, GraphBuilder, type GraphTensor } from '@onebit/core'
import { INT8, INT16, quantizeWeights, realWeights } from '@onebit/core/compile'
import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { compileNetwork } from '../src/compile/compile-network.ts'
import type { Instance } from '../src/loading/kernels.ts'
import { SingleThreadExecutable } from '../src/run/single-thread-executable.ts'
import { DILATIONS, pairOf } from './arbitraries.ts'
import { instantiateBuilds } from './builds.ts'
import { firstDifference } from './compare.ts'

const CASES = Number(process.env.ONEBIT_PROPERTY_CASES ?? 3000)
/** Every case fits. Memory keeps the data of earlier cases, which catches a kernel that expects zeros. */
const MEMORY_BYTES = 2 * 1024 * 1024

const { fround } = Math

const CASE = fc.record({
  arithmetic: fc.constantFrom('int16', 'int8'),
  kernel: pairOf(1, 7),
  strides: pairOf(1, 3),
  dilations: DILATIONS,
  padding: fc.tuple(pairOf(0, 4), pairOf(0, 4)),
  /** Rows and columns beyond the smallest input that gives an output. */
  extra: pairOf(0, 9),
  channels: fc.integer({ min: 1, max: 9 }),
  outputs: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(16, 32)),
  weights: fc.constantFrom('real', 'real', 'bits', 'equal'),
  affine: fc.boolean(),
  activation: fc.constantFrom('none', 'prelu', 'relu'),
  /** Extent of the values below and above 0. */
  range: fc.constantFrom<[number, number]>(
    [-2, 2],
    [0, 1],
    [-3, 0.1],
    [-1e-20, 1e-20],
    [0, 0],
    [-3e38, 3e38],
    [-1e-40, 1e-40],
    [1, 1],
    [-1, -1],
  ),
  batch: fc.integer({ min: 1, max: 2 }),
  seed: fc.nat(),
})
type Case = typeof CASE extends fc.Arbitrary<infer Value> ? Value : never

interface Stem {
  readonly graph: Graph
  readonly attributes: ConvolutionAttributes
  readonly tensors: Readonly<Record<'weights' | 'bias' | 'scale' | 'shift' | 'slope', GraphTensor>>
}

function stemOf(layer: Case): Stem {
  const { kernel, strides, dilations, padding, extra, channels, outputs } = layer
  const random = new Random(layer.seed, SOME_SPECIAL)
  const builder = new GraphBuilder()
  const size = kernel.map((taps, axis) => {
    const window = (taps - 1) * dilations[axis] + 1
    return Math.max(1, window - padding[axis][0] - padding[axis][1]) + extra[axis]
  })
  const drawn = () => random.floatTensor(...kernel, channels, outputs)
  const weights = layer.weights === 'bits' ? random.bitTensor(outputs, ...kernel, channels) : drawn()
  // If the inputs also have one value, these are the largest possible sums.
  if (layer.weights === 'equal') weights.data.fill(random.pick([1.7, -1.7]))
  const perChannel = () => random.floatTensor(random.chance(0.2) ? 1 : outputs)
  const tensors = { weights, bias: random.floatTensor(outputs), scale: perChannel(), shift: perChannel(), slope: perChannel() }
  const { bias, scale, shift, slope } = tensors
  const attributes = { strides, dilations, groups: 1, padding: padding.flat() as never }
  const input = builder.input('x', [...size, channels])
  let value = builder.node('conv2d', { inputs: [input], tensors: { weights, bias }, attributes })
  if (layer.affine) value = builder.node('affine', { inputs: [value], tensors: { scale, shift } })
  if (layer.activation === 'prelu') value = builder.node('prelu', { inputs: [value], tensors: { slope } })
  if (layer.activation === 'relu') value = builder.node('activation', { inputs: [value], attributes: { function: 'relu' } })
  builder.output('y', value)
  return { graph: builder.build(), attributes, tensors }
}

function roundHalfToEven(x: number): number {
  const below = Math.floor(x)
  if (x - below !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}

/** The sample's integers and their step. */
function quantize(values: Float32Array, highest: number): { integers: number[]; step: number } {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const step = Math.max(fround(fround(high / highest) - fround(low / highest)), fround(1e-30))
  const inverse = fround(1 / step)
  const zero = roundHalfToEven(fround(-low * inverse))
  const integer = (x: number): number => Math.min(Math.max(roundHalfToEven(fround(x * inverse)), -zero), highest - zero)
  return { integers: Array.from(values, integer), step }
}

/** One sample by plain loops. */
function expectedOutput(layer: Case, { attributes, tensors, graph }: Stem, values: Float32Array): Float32Array {
  const { strides, dilations, padding } = attributes
  const [height, width, channels] = graph.inputs[0].shape
  const { outputs } = layer
  const format = layer.arithmetic === 'int8' ? INT8 : INT16
  const { integers, step } = quantize(values, format.highestLevel)
  const kernel = quantizeWeights(realWeights(tensors.weights), format)
  const of = (tensor: GraphTensor, output: number): number => tensor.data[tensor.shape[0] === 1 ? 0 : output]
  const [rows, columns] = [height, width].map((size, axis) => {
    const window = (layer.kernel[axis] - 1) * dilations[axis] + 1
    return Math.floor((size + padding[2 * axis] + padding[2 * axis + 1] - window) / strides[axis]) + 1
  })
  const result = new Float32Array(rows * columns * outputs)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let output = 0; output < outputs; output++) {
        let sum = 0
        for (let i = 0; i < kernel.depth; i++) {
          const tap = Math.floor(i / channels)
          const row = y * strides[0] - padding[0] + Math.floor(tap / layer.kernel[1]) * dilations[0]
          const column = x * strides[1] - padding[2] + (tap % layer.kernel[1]) * dilations[1]
          if (row < 0 || row >= height || column < 0 || column >= width) continue
          sum += integers[(row * width + column) * channels + (i % channels)] * kernel.values[i * outputs + output]
        }
        if (Math.abs(sum) > 2 ** 31 - 1) throw new Error(`The sum ${sum} overflows.`)
        const [scale, shift] = layer.affine ? [of(tensors.scale, output), of(tensors.shift, output)] : [1, 0]
        const slope = layer.activation === 'prelu' ? of(tensors.slope, output) : layer.activation === 'relu' ? 0 : 1
        const factor = fround(fround(kernel.scales[output] * scale) * step)
        const bias = fround(tensors.bias.data[output] * scale + shift)
        const value = fround(fround(fround(sum) * factor) + bias)
        // A zero keeps its sign, and NaN stays NaN.
        const [above, below] = value > 0 ? [value, 0] : value < 0 ? [0, value] : [value, value]
        result[(y * columns + x) * outputs + output] = fround(above + fround(below * slope))
      }
    }
  }
  return result
}

let instances: ReadonlyMap<string, Instance>

beforeAll(async () => {
  instances = await instantiateBuilds(MEMORY_BYTES)
})

it(`gives the same bits as plain loops in ${CASES} random cases on every build`, async () => {
  const property = fc.asyncProperty(CASE, async (layer) => {
    const stem = stemOf(layer)
    const { graph } = stem
    const random = new Random(layer.seed + 1, SOME_SPECIAL)
    const count = elementCount(graph.inputs[0].shape)
    const [low, high] = layer.range
    const x = Float32Array.from({ length: layer.batch * count }, () => low + (high - low) * random.next())
    const samples = Array.from({ length: layer.batch }, (_, sample) => x.subarray(sample * count, (sample + 1) * count))
    const expected = samples.flatMap((sample) => [...expectedOutput(layer, stem, sample)])
    for (const [build, instance] of instances) {
      const stemOptions = { arithmetic: layer.arithmetic, hasDots8: build === 'kernels-relaxed' }
      const program = compileNetwork(graph, { stem: stemOptions })
      expect(program.memory.bytes).toBeLessThanOrEqual(MEMORY_BYTES)
      const { y } = await new SingleThreadExecutable(program, instance).run({ x }, { validate: false })
      const difference = firstDifference(y, expected)
      if (difference) throw new Error(`${build}: ${difference}`)
    }
  })
  console.log(`integer stems on ${[...instances.keys()].join(', ')}: ONEBIT_SEED=${SEED}`)
  await fc.assert(property, { numRuns: CASES, seed: SEED })
})

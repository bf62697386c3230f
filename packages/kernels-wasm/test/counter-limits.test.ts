/**
 * Counters of bytes at their limits, on every build, tile and way of counting. Inputs and weights have one sign, so that every bit differs
 * or none. The numbers of products fill the counters once, a little more, and twice. A flush one step too late loses counts here. With
 * random bits only half would differ and not show it.
 */
import { elementCount, type Graph, GraphBuilder, type GraphTensor } from '@onebit/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileNetwork } from '../src/compile/compile-network.ts'
import type { Instance } from '../src/loading/kernels.ts'
import { SingleThreadExecutable } from '../src/run/single-thread-executable.ts'
import { instantiateBuilds, TILES } from './builds.ts'
import { firstDifference } from './compare.ts'

const MEMORY_BYTES = 16 * 1024 * 1024

/** Channels of a nibble, nibbles of a triple, and triples that a byte holds: see assembly/counters.ts. */
const TRIPLE = 4 * 3
const TABLE_LIMIT = 21 * TRIPLE
/** Bits of a vector, and vectors that a byte holds: see assembly/popcount-conv.ts. */
const POPCOUNT_LIMIT = 31 * 128

function around(limit: number, step: number): number[] {
  return [limit - step, limit, limit + step, 2 * limit, 2 * limit + step]
}

/** Weights of one sign, or of signs that alternate by output. */
function weightsOf(shape: readonly number[], sign: -1 | 1 | 'turns'): GraphTensor {
  const data = new Uint8Array(Math.ceil(elementCount(shape) / 8)).fill(sign === -1 ? 0 : 255)
  if (sign === 'turns') {
    const row = elementCount(shape) / shape[0]
    for (let i = 0; i < elementCount(shape); i++) if (Math.floor(i / row) % 2 === 1) data[i >> 3] &= ~(1 << (i & 7))
  }
  // The rest of the last byte is 0 in every tensor.
  const rest = elementCount(shape) % 8
  if (rest > 0) data[data.length - 1] &= (1 << rest) - 1
  return { dtype: 'bit', shape, data }
}

interface Layer {
  readonly input: readonly number[]
  readonly weights: readonly number[]
  readonly groups?: number
}

const LAYERS: Readonly<Record<string, readonly Layer[]>> = {
  'dense layers': [...around(TABLE_LIMIT, TRIPLE), ...around(TABLE_LIMIT, 4), ...around(POPCOUNT_LIMIT, 128)].map((channels) => ({
    input: [3, channels],
    weights: [72, channels],
  })),
  '1x1 layers': around(TABLE_LIMIT, TRIPLE).map((channels) => ({ input: [2, 3, channels], weights: [80, 1, 1, channels] })),
  'layers whose panel is copied': [84, 88, 168].map((channels) => ({ input: [3, 8, channels], weights: [64, 3, 3, channels] })),
  // Each row of the window is one stretch, or several of about the same length. They have 20, 21, 22, 44 and 48 triples.
  'layers that read the pair map': [
    [5, 48],
    [7, 36],
    [11, 24],
    [22, 24],
    [9, 64],
  ].map(([width, channels]) => ({ input: [4, width + 5, channels], weights: [64, 3, width, channels] })),
  // A byte counts 255 taps. For 256 there is another kernel.
  'depthwise layers': [15, 16].map((height) => {
    const width = height === 15 ? 17 : 16
    return { input: [height + 1, width + 2, 24], weights: [24, height, width, 1], groups: 24 }
  }),
}

function graphOf({ input, weights, groups }: Layer, sign: -1 | 1 | 'turns'): Graph {
  const builder = new GraphBuilder()
  const bits = builder.input('x', input, 'bit')
  const tensors = { weights: weightsOf(weights, sign) }
  const sums =
    weights.length === 2
      ? builder.node('binaryDense', { inputs: [bits], tensors })
      : builder.node('binaryConv2d', { inputs: [bits], tensors, attributes: { groups: groups ?? 1 } })
  builder.output('sums', sums)
  return builder.build()
}

let instances: ReadonlyMap<string, Instance>

beforeAll(async () => {
  instances = await instantiateBuilds(MEMORY_BYTES)
})

describe.each(Object.entries(TILES))('with %s', (_, tiles) => {
  it.each(Object.entries(LAYERS))('%s count every bit', async (_, layers) => {
    for (const layer of layers) {
      const products = elementCount(layer.weights) / layer.weights[0]
      for (const weight of [-1, 1, 'turns'] as const) {
        const graph = graphOf(layer, weight)
        const compiled = compileNetwork(graph, { tiles })
        expect(compiled.memory.bytes).toBeLessThanOrEqual(MEMORY_BYTES)
        for (const [build, instance] of instances) {
          const executable = new SingleThreadExecutable(compiled, instance)
          for (const sign of [1, -1]) {
            const { sums } = await executable.run({ x: new Int8Array(elementCount(layer.input)).fill(sign) })
            const outputs = layer.weights[0]
            const weightOf = (output: number): number => (weight === 'turns' ? 1 - 2 * (output % 2) : weight)
            const expected = Int32Array.from(sums, (_, i) => sign * weightOf(i % outputs) * products)
            expect(firstDifference(sums, expected), `${build}, ${layer.weights} of ${weight}, inputs ${sign}`).toBeUndefined()
          }
        }
      }
    }
  })
})

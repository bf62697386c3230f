/** Binary layers against the reference: thousands of random geometries, compared exactly. */
import { type Graph, GraphBuilder, windowPositions } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import { expectSameAsReference, sign } from './compare.ts'
import { Random, SEED } from './random.ts'

const CASES = 2400

function describeCase(random: Random): { graph: Graph; batch: number } {
  const builder = new GraphBuilder()
  const kind = random.pick(['conv', 'conv', 'conv', 'depthwise', 'transposed', 'dense'] as const)
  const kernel = [random.integer(1, 4), random.integer(1, 4)] as const
  const strides = [random.integer(1, 3), random.integer(1, 3)] as const
  const dilations = random.chance(0.7) ? ([1, 1] as const) : ([random.integer(1, 3), random.integer(1, 2)] as const)
  const padding = [0, 1, 2, 3].map(() => random.integer(0, 2)) as unknown as readonly [number, number, number, number]
  const size = [random.integer(1, 9), random.integer(1, 9)]
  const groups = kind === 'depthwise' ? random.integer(2, 19) : kind === 'conv' && random.chance(0.3) ? random.integer(2, 3) : 1
  const groupChannels = kind === 'depthwise' ? 1 : random.pick([random.integer(1, 70), 16, 32, 64, 4, 36])
  const groupOutputs = kind === 'depthwise' ? random.integer(1, 2) : random.pick([random.integer(1, 40), 16, 32, 48])
  const channels = groups * groupChannels
  const outputs = groups * groupOutputs
  const batch = random.integer(1, 3)
  if (kind === 'dense') {
    const shape = [...size.slice(0, random.integer(0, 2)), channels]
    const bits = sign(builder, builder.input('x', shape))
    const weights = random.bitTensor(outputs, channels)
    builder.output('y', builder.node('binaryDense', { inputs: [bits], tensors: { weights } }))
    return { graph: builder.build(), batch }
  }
  const bits = sign(builder, builder.input('x', [...size, channels]))
  if (kind === 'transposed') {
    const full = size.map((n, i) => (n - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1)
    const crop = [0, 1].map((i) => random.integer(0, Math.min(2, (full[i] - 1) >> 1)))
    builder.output(
      'y',
      builder.node('binaryConv2dTranspose', {
        inputs: [bits],
        tensors: { weights: random.bitTensor(outputs, ...kernel, channels) },
        attributes: {
          strides,
          dilations,
          padding: [crop[0], crop[0], crop[1], crop[1]],
          outputPadding: [random.integer(0, 1), random.integer(0, 1)],
        },
      }),
    )
    return { graph: builder.build(), batch }
  }
  const fits = [0, 1].every((i) => {
    const around = padding[2 * i] + padding[2 * i + 1]
    return windowPositions(size[i], kernel[i], strides[i], dilations[i], around) >= 1
  })
  if (!fits) return describeCase(random)
  builder.output(
    'y',
    builder.node('binaryConv2d', {
      inputs: [bits],
      tensors: { weights: random.bitTensor(outputs, ...kernel, groupChannels) },
      attributes: { strides, dilations, padding, groups, paddingValue: random.pick(['zero', 'one', 'minus-one']) },
    }),
  )
  return { graph: builder.build(), batch }
}

describe('binary layers', () => {
  it(`equal the reference in ${CASES} random cases`, async () => {
    for (let number = 0; number < CASES; number++) {
      const random = new Random(SEED + number)
      const { graph, batch } = describeCase(random)
      try {
        await expectSameAsReference(graph, random, batch)
      } catch (cause) {
        throw new Error(`Case ${number} of ONEBIT_SEED=${SEED}: ${JSON.stringify(graph.nodes.at(-1))}`, { cause })
      }
    }
  })

  it('sums more than 65,535 taps without overflow', async () => {
    const random = new Random(SEED)
    const builder = new GraphBuilder()
    const bits = sign(builder, builder.input('x', [70_001]))
    const weights = { dtype: 'bit', shape: [3, 70_001], data: new Uint8Array(Math.ceil(210_003 / 8)) } as const
    builder.output('y', builder.node('binaryDense', { inputs: [bits], tensors: { weights } }))
    await expect(expectSameAsReference(builder.build(), random)).resolves.toBeUndefined()
  })
})

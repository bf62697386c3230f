import { floatTensor, plainSign } from '@onebit/testkit/random'
import { describe, expect, it, test } from 'vitest'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { convention, storedParameters } from './conventions.ts'
import { costOf } from './cost.ts'

const binary3x3 = { 18: 10_985_472, 34: 21_086_208 }
const others = 9_408 + 172_032 + 513_000

describe("Bi-Real Net's table 3", () => {
  const network = (layers: 18 | 34, binary: boolean) => ({
    binary: binary ? binary3x3[layers] : 0,
    binaryChannels: binary ? (layers === 18 ? 3840 : 7552) : 0,
    distinctWidths: 64 + 128 + 256 + 512,
    normalizationChannels: layers === 18 ? 4800 : 8512,
    normalization: 4 * (layers === 18 ? 4800 : 8512),
    real: others + (binary ? 0 : binary3x3[layers]),
  })

  test.each([
    [18, 'bi-real', 33_576_192, 374_125_824],
    [18, 'xnor', 33_699_072, 374_125_824],
    [34, 'bi-real', 43_676_928, 697_349_376],
    [34, 'xnor', 43_918_592, 697_349_376],
  ] as const)('%d layers, %s', (layers, name, memoryBits, floatMemoryBits) => {
    expect(storedParameters(network(layers, true), convention(name))).toMatchObject({ memoryBits, floatMemoryBits })
    expect(storedParameters(network(layers, false), convention('bi-real')).memoryBits).toBe(floatMemoryBits)
  })

  it('counts the parameters that the network has, which the table does not print', () => {
    expect(storedParameters(network(18, true), convention('bi-real')).parameters).toBe(binary3x3[18] + others + 2 * 4800)
  })
})

describe("Real-to-Binary's table 1", () => {
  const flopsOf = (build: (builder: GraphBuilder) => string): number => {
    const builder = new GraphBuilder()
    builder.input('x', [4, 4, 2])
    builder.output('y', build(builder))
    return costOf(builder.build(), convention('real-to-binary')).total.flops
  }
  const affine = (scale: number[], shift: number[]) => (builder: GraphBuilder) => {
    const tensors = { scale: floatTensor([scale.length], scale), shift: floatTensor([shift.length], shift) }
    return builder.node('affine', { name: 'a', inputs: ['x'], tensors })
  }

  it.each([
    ['a BatchNorm two per value', affine([1, 1], [0, 0]), 64],
    ['a scale one', affine([2, 3], [0]), 32],
    ['a shift one', affine([1], [2, 3]), 32],
    ['a change of type nothing', affine([1], [0]), 0],
    ['a sign one', (builder: GraphBuilder) => builder.node('threshold', { name: 't', inputs: ['x'], tensors: plainSign() }), 32],
    [
      'a pool of four one per value averaged',
      (builder: GraphBuilder) =>
        builder.node('averagePool', { name: 'p', inputs: ['x'], attributes: { size: [2, 2], strides: [2, 2] } }),
      32,
    ],
    [
      'a largest of nine eight per output',
      (builder: GraphBuilder) =>
        builder.node('maxPool', {
          name: 'p',
          inputs: ['x'],
          attributes: { size: [3, 3], strides: [2, 2], padding: [0, 1, 0, 1] },
        }),
      64,
    ],
  ])('counts %s', (_, build, flops) => {
    expect(flopsOf(build)).toBe(flops)
  })
})

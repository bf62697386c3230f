/** Float32 arithmetic first rounds integers to float32, also above 2^24, where float32 cannot hold all of them. */
import { expect, test } from 'vitest'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { reference } from './reference-backend.ts'
import { bilinearPosition, nearestPosition } from './resize-positions.ts'

const PLAIN = { size: [1, 1], method: 'bilinear', alignCorners: false, halfPixelCenters: false } as const

test('the taps of an average', async () => {
  const builder = new GraphBuilder()
  const attributes = { size: [4099, 4099], padding: [2049, 2049, 2049, 2049], countPadding: true } as const
  builder.output('y', builder.node('averagePool', { inputs: [builder.input('x', [1, 1, 1])], attributes }))
  const executable = await reference.compile(builder.build())
  const taps = 4099 * 4099
  const x = Float32Array.from({ length: 100 }, (_, index) => 1 + index / 128)
  const { y } = await executable.run({ x })
  expect(y).toEqual(x.map((value) => value / Math.fround(taps)))
  expect(y).not.toEqual(x.map((value) => value / taps))
})

test('the positions and sizes of a resize', () => {
  const odd = 2 ** 24 + 1
  // 2^24 / 5 rounds to 3355443.25, and (2^24 + 1) / 5 would round to 3355443.5.
  expect(nearestPosition(2, odd, 5, PLAIN)).toBe(6_710_886)
  expect(bilinearPosition(2, odd, 5, PLAIN)).toEqual({ first: 6_710_886, second: 6_710_887, fraction: 0.5 })
  expect(nearestPosition(2, odd + 1, 6, { ...PLAIN, alignCorners: true })).toBe(6_710_887)
  // The result of 2^24 times 1.5.
  expect(nearestPosition(odd, 3 * 2 ** 24, 2 ** 25, PLAIN)).toBe(25_165_824)
})

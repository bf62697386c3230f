import { expect, it } from 'vitest'
import { Constants } from './constants.ts'

it('holds equal data once', () => {
  const constants = new Constants()
  const first = constants.hold(Float32Array.of(1, 2, 3))
  const room = Float32Array.of(0, 1, 2, 3)
  expect(constants.hold(room.subarray(1))).toBe(first)
  expect(constants.hold(room.subarray(0, 3))).not.toBe(first)
  expect(constants.hold(Float32Array.of(1, 2))).not.toBe(first)
  expect(constants.hold(Float32Array.of(0, 0))).not.toBe(constants.hold(Float32Array.of(0, -0)))
  expect(constants.buffers.map(({ bytes }) => bytes)).toEqual([12, 12, 8, 8, 8])
})

it('makes the same of the same weights once', () => {
  const constants = new Constants()
  const [weights, others] = [new Uint8Array(4), new Uint8Array(4)]
  let made = 0
  const once = (of: Uint8Array, key: string): number => constants.once(of, key, () => ++made)
  expect([once(weights, 'rows'), once(weights, 'rows'), once(weights, 'blocks'), once(others, 'rows')]).toEqual([1, 1, 2, 3])
})

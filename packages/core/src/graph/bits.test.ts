import { Random, SEED } from '@onebit/testkit/random'
import { expect, test } from 'vitest'
import { packSigns, unpackSigns } from './bits.ts'
import { packedLength } from './infer-types.ts'

test('value i is bit i & 7 of byte i >> 3', () => {
  expect(packSigns([1, -1, -1, 1, -1, -1, -1, -1, -1, 1])).toEqual(Uint8Array.of(0b1001, 0b10))
})

test('zero of either sign is +1, and NaN is not', () => {
  expect(packSigns([0, -0, Number.NaN, 5e-324, -5e-324])).toEqual(Uint8Array.of(0b01011))
})

test('unpacking undoes packing at every length', () => {
  const random = new Random(SEED)
  for (let length = 0; length < 40; length++) {
    const signs = Int8Array.from({ length }, () => random.pick([1, -1]))
    const packed = packSigns(signs)
    expect(packed.length).toBe(packedLength(length))
    expect(unpackSigns(packed, length), `ONEBIT_SEED=${SEED}`).toEqual(signs)
    if (length % 8 > 0) expect(packed.at(-1)! >> (length % 8)).toBe(0)
  }
})

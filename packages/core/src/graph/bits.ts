/** The bit encoding: value `i` of the row-major order is bit `i & 7` of byte `i >> 3`; 1 means +1 and 0 means -1. */
import { checkArgument } from '../options/check-options.ts'
import { integer, numbers } from '../options/value-rules.ts'
import { packedLength } from './infer-types.ts'

/** Packs the signs of values. Zero (of either sign) counts as +1, as everywhere. Pad bits are 0. */
export function packSigns(values: ArrayLike<number>): Uint8Array {
  checkArgument('packSigns()', 'values', values, numbers)
  const packed = new Uint8Array(packedLength(values.length))
  for (let i = 0; i < values.length; i++) {
    if (values[i] >= 0) packed[i >> 3] |= 1 << (i & 7)
  }
  return packed
}

/** The first `count` packed bits as +1 and -1. */
export function unpackSigns(packed: Uint8Array, count: number): Int8Array {
  checkArgument('unpackSigns()', 'packed', packed, numbers)
  checkArgument('unpackSigns()', 'count', count, integer({ minimum: 0, maximum: 8 * packed.length }))
  const signs = new Int8Array(count)
  for (let i = 0; i < count; i++) signs[i] = (packed[i >> 3] >> (i & 7)) & 1 ? 1 : -1
  return signs
}

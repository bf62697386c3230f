/**
 * Padding without work in the inner loop. Kernels read zeros outside the input, as if all channels were -1, and count the bits
 * that differ there too. Pixels with the same taps outside have the same error, and there are few kinds of such pixels. The base
 * of a kind corrects the error:
 *
 *     sum = base - 2 * count
 */
import type { PaddingValue, Pair } from '@onebit/core'
import { type BitWeights, bitAt, type Geometry } from '@onebit/core/compile'

export interface PaddingBases {
  /** The kind of each row of outputs, and of each column. */
  readonly rowKinds: Int32Array
  readonly columnKinds: Int32Array
  readonly columnKindCount: number
  /** `[kind of row][kind of column][output]`, with zeros after the last output. */
  readonly bases: Int32Array
}

/** Factor of the outside sum in the correction. A product with +1 is the negative of one with -1. */
const TAKEN_BACK: Readonly<Record<PaddingValue, number>> = { zero: 1, one: 2, 'minus-one': 0 }

interface Kinds {
  /** The kind of each position. */
  readonly kinds: Int32Array
  /** Per kind: true for each tap inside. */
  readonly inside: readonly (readonly boolean[])[]
}

function kindsOf(table: Int32Array, positions: number, taps: number): Kinds {
  const known = new Map<string, number>()
  const inside: boolean[][] = []
  const kinds = Int32Array.from({ length: positions }, (_, position) => {
    const row = Array.from(table.subarray(position * taps, (position + 1) * taps), (source) => source >= 0)
    const key = row.join()
    if (!known.has(key)) {
      known.set(key, inside.length)
      inside.push(row)
    }
    return known.get(key)!
  })
  return { kinds, inside }
}

/** Number of bits that are 1, by tap: `[output][tap]`. */
function onesOf({ bits, outputs, taps, channels }: BitWeights): Int32Array {
  const ones = new Int32Array(outputs * taps)
  for (let i = 0; i < ones.length * channels; i++) ones[Math.floor(i / channels)] += bitAt(bits, i)
  return ones
}

/** The input positions of the taps of a grid of pixels. */
interface Windows {
  readonly geometry: Geometry
  readonly grid: Pair
  readonly window: Pair
}

/** @param padded Length of a row of bases, at least the number of outputs. */
export function paddingBases(
  weights: BitWeights,
  { geometry, grid, window }: Windows,
  paddingValue: PaddingValue,
  padded: number,
): PaddingBases {
  const { outputs, taps, channels } = weights
  const row = kindsOf(geometry.rows, grid[0], window[0])
  const column = kindsOf(geometry.columns, grid[1], window[1])
  const ones = onesOf(weights)
  const bases = new Int32Array(row.inside.length * column.inside.length * padded)
  for (const [r, rowInside] of row.inside.entries()) {
    for (const [c, columnInside] of column.inside.entries()) {
      const from = (r * column.inside.length + c) * padded
      for (let output = 0; output < outputs; output++) {
        let base = taps * channels
        for (let tap = 0; tap < taps; tap++) {
          if (rowInside[Math.floor(tap / window[1])] && columnInside[tap % window[1]]) continue
          base -= TAKEN_BACK[paddingValue] * (channels - 2 * ones[output * taps + tap])
        }
        bases[from + output] = base
      }
    }
  }
  return { rowKinds: row.kinds, columnKinds: column.kinds, columnKindCount: column.inside.length, bases }
}

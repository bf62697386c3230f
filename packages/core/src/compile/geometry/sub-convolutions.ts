/**
 * Splits a transposed convolution of stride s into s x s plain ones. Outputs whose rows and columns have the same remainder modulo s use
 * the same taps, and each of these taps reads an input for each of them. The other taps fall between two strides. So no sub-convolution
 * spends time on taps that read nothing.
 */
import type { Pair, TransposedConvolutionAttributes } from '../../graph/ops/convolution.ts'
import type { Geometry } from './window-geometry.ts'

export interface SubConvolution {
  /** The layer's taps that reach these outputs, in the order of their sum. Empty if the sums are 0. */
  readonly taps: readonly number[]
  /** Rows and columns of these taps. */
  readonly window: Pair
  readonly geometry: Geometry
  /** Row and column of the first output. The next outputs follow a stride apart. */
  readonly first: Pair
}

/** Along one axis: the taps that reach the outputs of one remainder, and the part of the geometry's table. */
interface Axis {
  readonly taps: readonly number[]
  readonly table: Int32Array
}

/** Rows and columns of every sub-convolution. The last ones may lie beyond the output, where taps read nothing. */
export function subConvolutionSize(output: readonly number[], strides: Pair): Pair {
  return [Math.ceil(output[0] / strides[0]), Math.ceil(output[1] / strides[1])]
}

function axisOf(
  full: Int32Array,
  taps: readonly number[],
  window: number,
  positions: number,
  stride: number,
  first: number,
): Axis {
  const table = new Int32Array(positions * taps.length)
  for (let i = 0; i < positions; i++) {
    taps.forEach((tap, k) => {
      table[i * taps.length + k] = full[(first + i * stride) * window + tap] ?? -1
    })
  }
  return { taps, table }
}

/** The sub-convolutions of a transposed layer, row by row. The geometry holds all taps of the layer. */
export function cutIntoSubConvolutions(
  { rows, columns }: Geometry,
  window: Pair,
  output: readonly number[],
  { strides, dilations, padding }: TransposedConvolutionAttributes,
): SubConvolution[] {
  const size = subConvolutionSize(output, strides)
  const before = [padding[0], padding[2]]
  const axes = [rows, columns].map((full, axis) =>
    Array.from({ length: Math.min(strides[axis], output[axis]) }, (_, first) => {
      const taps = Array.from({ length: window[axis] }, (_, tap) => tap)
      const reaching = taps.filter((tap) => (first + before[axis] - tap * dilations[axis]) % strides[axis] === 0)
      return axisOf(full, reaching, window[axis], size[axis], strides[axis], first)
    }),
  )
  return axes[0].flatMap((row, y) =>
    axes[1].map((column, x) => ({
      taps: row.taps.flatMap((ky) => column.taps.map((kx) => ky * window[1] + kx)),
      window: [row.taps.length, column.taps.length] as const,
      geometry: { rows: row.table, columns: column.table },
      first: [y, x] as const,
    })),
  )
}

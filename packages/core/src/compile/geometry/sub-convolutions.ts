/**
 * Splits a transposed convolution of stride s into s x s plain ones. Outputs whose rows and columns have the same remainder modulo s use
 * the same taps, and each of these taps reads an input for each of them. The other taps fall between two strides. So no sub-convolution
 * spends time on taps that read nothing.
 */
import { LimitError } from '../../errors.ts'
import type { Pair, TransposedConvolutionAttributes } from '../../graph/ops/convolution.ts'
import { type Geometry, tapTable } from './window-geometry.ts'

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

/** Strides of 64 along both axes. Real networks have 2 to 32; a file of 600 bytes can state a hundred million sub-convolutions. */
const MOST_PARTS = 2 ** 12

/** Rows and columns of every sub-convolution. The last ones may lie beyond the output, where taps read nothing. */
export function subConvolutionSize(output: readonly number[], strides: Pair): Pair {
  return [Math.ceil(output[0] / strides[0]), Math.ceil(output[1] / strides[1])]
}

/** The parts along one axis, from the first remainder on. Each tap reaches the outputs of one remainder. */
function axesOf(input: number, window: number, output: number, stride: number, dilation: number, before: number): Axis[] {
  const tapsOf = Array.from({ length: Math.min(stride, output) }, (): number[] => [])
  for (let tap = 0; tap < window; tap++) {
    const remainder = (tap * dilation - before) % stride
    tapsOf[remainder < 0 ? remainder + stride : remainder]?.push(tap)
  }
  const positions = Math.ceil(output / stride)
  return tapsOf.map((taps, first) => ({
    taps,
    table: tapTable(positions, taps.length, input, (index, k) => {
      const position = first + index * stride
      return position < output ? (position + before - taps[k] * dilation) / stride : -1
    }),
  }))
}

/**
 * The sub-convolutions of a transposed layer, row by row.
 * @throws LimitError if there would be too many, or too large ones.
 */
export function cutIntoSubConvolutions(
  input: readonly number[],
  output: readonly number[],
  window: Pair,
  { strides, dilations, padding }: TransposedConvolutionAttributes,
): SubConvolution[] {
  const count = Math.min(strides[0], output[0]) * Math.min(strides[1], output[1])
  if (count > MOST_PARTS) {
    throw new LimitError({
      limit: 'work',
      what: `A transposed convolution of strides [${strides.join(', ')}] is too large to compile.`,
      expected: `strides that cut the output into at most ${MOST_PARTS.toLocaleString('en-US')} parts`,
      received: `${count.toLocaleString('en-US')}`,
      fix: 'Use smaller strides, or run it on the reference backend.',
    })
  }
  const [rows, columns] = ([0, 1] as const).map((axis) =>
    axesOf(input[axis], window[axis], output[axis], strides[axis], dilations[axis], padding[2 * axis]),
  )
  return rows.flatMap((row, y) =>
    columns.map((column, x) => ({
      taps: row.taps.flatMap((ky) => column.taps.map((kx) => ky * window[1] + kx)),
      window: [row.taps.length, column.taps.length] as const,
      geometry: { rows: row.table, columns: column.table },
      first: [y, x] as const,
    })),
  )
}

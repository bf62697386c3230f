/** Tables for convolution kernels: the input row or column that each tap reads, or -1 for outside. */
import { LimitError } from '../../errors.ts'
import type { ConvolutionAttributes, Pair, TransposedConvolutionAttributes } from '../../graph/ops/convolution.ts'

export interface Geometry {
  /** `[output height x kernel height]` */
  readonly rows: Int32Array
  /** `[output width x kernel width]` */
  readonly columns: Int32Array
}

/** A table of 1 GiB. The window of a real network has a few hundred bytes; a file of a megabyte can state one of terabytes. */
const MOST_ENTRIES = 2 ** 28

/**
 * `read(position, tap)` is the input position. It counts if it is an integer inside the input.
 * @throws LimitError if the table would be too large.
 */
export function tapTable(
  positions: number,
  taps: number,
  inputs: number,
  read: (position: number, tap: number) => number,
): Int32Array {
  if (positions * taps > MOST_ENTRIES) {
    throw new LimitError({
      limit: 'memory',
      what: `A convolution of ${positions.toLocaleString('en-US')} positions and ${taps.toLocaleString('en-US')} taps along one axis is too large to compile.`,
      expected: `at most ${MOST_ENTRIES.toLocaleString('en-US')} pairs of a position and a tap`,
      received: (positions * taps).toLocaleString('en-US'),
      fix: 'Use a smaller window or image, or run it on the reference backend.',
    })
  }
  const entries = new Int32Array(positions * taps)
  for (let position = 0; position < positions; position++) {
    for (let tap = 0; tap < taps; tap++) {
      const source = read(position, tap)
      entries[position * taps + tap] = Number.isInteger(source) && source >= 0 && source < inputs ? source : -1
    }
  }
  return entries
}

export function convolutionGeometry(
  input: readonly number[],
  output: readonly number[],
  [kernelHeight, kernelWidth]: Pair,
  { strides, dilations, padding: [top, , left] }: ConvolutionAttributes,
): Geometry {
  return {
    rows: tapTable(output[0], kernelHeight, input[0], (y, tap) => y * strides[0] - top + tap * dilations[0]),
    columns: tapTable(output[1], kernelWidth, input[1], (x, tap) => x * strides[1] - left + tap * dilations[1]),
  }
}

/** Seen from the output: tap `k` reads the input that writes to this output through tap `k`. */
export function transposedGeometry(
  input: readonly number[],
  output: readonly number[],
  [kernelHeight, kernelWidth]: Pair,
  { strides, dilations, padding: [top, , left] }: TransposedConvolutionAttributes,
): Geometry {
  return {
    rows: tapTable(output[0], kernelHeight, input[0], (y, tap) => (y + top - tap * dilations[0]) / strides[0]),
    columns: tapTable(output[1], kernelWidth, input[1], (x, tap) => (x + left - tap * dilations[1]) / strides[1]),
  }
}

/** A dense layer is a convolution with a unit window over one row of pixels. */
export function denseGeometry(rows: number): Geometry {
  return { rows: Int32Array.of(0), columns: Int32Array.from({ length: rows }, (_, index) => index) }
}

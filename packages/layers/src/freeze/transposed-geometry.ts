/** Converts the geometry of TensorFlow's transposed convolutions to the graph's terms. */
import type { Pair, TransposedConvolutionAttributes } from '@onebit/core'
import { explicitPadding } from '../padding.ts'

export const TRANSPOSED_PADDINGS = ['same', 'valid'] as const
export type TransposedPadding = (typeof TRANSPOSED_PADDINGS)[number]

/**
 * The size of the output on one axis: `same` multiplies by the stride; `valid` also adds the part of the kernel beyond the
 * stride.
 */
export function transposedSize(mode: TransposedPadding, input: number, size: number, stride: number): number {
  return input * stride + (mode === 'valid' ? Math.max(size - stride, 0) : 0)
}

/**
 * The crop equals the padding of the forward convolution over the output. If the kernel is smaller than the stride, the output
 * continues beyond the last tap.
 */
export function transposedGeometry(
  mode: TransposedPadding,
  [height, width]: Pair,
  size: Pair,
  strides: Pair,
): Pick<TransposedConvolutionAttributes, 'strides' | 'padding' | 'outputPadding'> {
  const output: Pair = [height * strides[0], width * strides[1]]
  const padding = explicitPadding(mode, output, size, strides)
  return { strides, padding, outputPadding: [Math.max(strides[0] - size[0], 0), Math.max(strides[1] - size[1], 0)] }
}

/** Computes TensorFlow's `same` padding in rows and columns. The smaller half goes to the top and left. */
import type { Padding, Pair } from '@onebit/core'

export type PaddingMode = 'same' | 'valid'

function sides(input: number, size: number, stride: number, dilation: number): readonly [number, number] {
  const total = Math.max((Math.ceil(input / stride) - 1) * stride + (size - 1) * dilation + 1 - input, 0)
  return [Math.floor(total / 2), total - Math.floor(total / 2)]
}

export function explicitPadding(
  mode: PaddingMode,
  [height, width]: Pair,
  size: Pair,
  strides: Pair,
  dilations: Pair = [1, 1],
): Padding {
  if (mode === 'valid') return [0, 0, 0, 0]
  const [top, bottom] = sides(height, size[0], strides[0], dilations[0])
  const [left, right] = sides(width, size[1], strides[1], dilations[1])
  return [top, bottom, left, right]
}

/** Computes TensorFlow's `same` padding in rows and columns. The smaller half goes to the top and left. */
import { checkArguments, type Padding, type Pair, rules } from '@onebit/core'

export type PaddingMode = 'same' | 'valid'

const pair = rules.list(rules.integer({ minimum: 1 }), { length: 2 })

function sides(input: number, size: number, stride: number, dilation: number): readonly [number, number] {
  const total = Math.max((Math.ceil(input / stride) - 1) * stride + (size - 1) * dilation + 1 - input, 0)
  return [Math.floor(total / 2), total - Math.floor(total / 2)]
}

export function explicitPadding(mode: PaddingMode, input: Pair, size: Pair, strides: Pair, dilations: Pair = [1, 1]): Padding {
  checkArguments('explicitPadding()', {
    mode: [mode, rules.oneOf(['same', 'valid'])],
    input: [input, pair],
    size: [size, pair],
    strides: [strides, pair],
    dilations: [dilations, pair],
  })
  if (mode === 'valid') return [0, 0, 0, 0]
  const [height, width] = input
  const [top, bottom] = sides(height, size[0], strides[0], dilations[0])
  const [left, right] = sides(width, size[1], strides[1], dilations[1])
  return [top, bottom, left, right]
}

/**
 * How far windows reach over the borders of an image.
 *
 *   same        TensorFlow's: as little as keeps ceil(input / stride) outputs, the smaller half above and on the left
 *   symmetric   PyTorch's habit: half of the window beside its center on every side, whatever the stride: 3 for 7x7, 1 for 3x3
 *   valid       not at all
 *
 * With stride 1 and odd windows, `same` and `symmetric` are one. With stride 2 on an even size, `same` begins one pixel further in.
 */
import { checkArguments, type Padding, type Pair, rules } from '@onebit/core'

export const PADDING_MODES = ['same', 'valid', 'symmetric'] as const
export type PaddingMode = (typeof PADDING_MODES)[number]

const pair = rules.list(rules.integer({ minimum: 1 }), { length: 2 })

type Sides = readonly [before: number, after: number]

/** Values beyond both ends of an axis. */
function sides(mode: Exclude<PaddingMode, 'valid'>, input: number, size: number, stride: number, dilation: number): Sides {
  const span = (size - 1) * dilation + 1
  if (mode === 'symmetric') return [Math.floor((span - 1) / 2), Math.floor((span - 1) / 2)]
  const total = Math.max((Math.ceil(input / stride) - 1) * stride + span - input, 0)
  return [Math.floor(total / 2), total - Math.floor(total / 2)]
}

export function explicitPadding(mode: PaddingMode, input: Pair, size: Pair, strides: Pair, dilations: Pair = [1, 1]): Padding {
  checkArguments('explicitPadding()', {
    mode: [mode, rules.oneOf(PADDING_MODES)],
    input: [input, pair],
    size: [size, pair],
    strides: [strides, pair],
    dilations: [dilations, pair],
  })
  if (mode === 'valid') return [0, 0, 0, 0]
  const [height, width] = input
  const [top, bottom] = sides(mode, height, size[0], strides[0], dilations[0])
  const [left, right] = sides(mode, width, size[1], strides[1], dilations[1])
  return [top, bottom, left, right]
}

/** `[rows, columns]` of the places that a window has over an image; an open size of the image stays open. */
export function windowPlaces(
  mode: PaddingMode,
  input: readonly (number | null)[],
  size: Pair,
  strides: Pair,
  dilations: Pair = [1, 1],
): [number | null, number | null] {
  const [height, width] = input.map((length) => length ?? 1)
  const padding = explicitPadding(mode, [height, width], size, strides, dilations)
  const places = (axis: 0 | 1): number | null => {
    const length = input[axis]
    if (length === null) return null
    const padded = length + padding[2 * axis] + padding[2 * axis + 1]
    return Math.floor((padded - (size[axis] - 1) * dilations[axis] - 1) / strides[axis]) + 1
  }
  return [places(0), places(1)]
}

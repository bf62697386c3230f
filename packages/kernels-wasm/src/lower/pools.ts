/** Pools. */
import { offsetBy } from '../program/buffer.ts'
import { bitRowBytes, valueBytes } from '../program/value.ts'
import type { Lowered, Lowering, LoweringScope } from './lowering.ts'

/** Fewer output rows are not worth a task. */
const LEAST_ROWS = 4

interface Window {
  readonly size: readonly number[]
  readonly strides: readonly number[]
  readonly padding: readonly number[]
}

/** Adds the steps of a pool and divides its output rows. The kernel takes `inputSize`, then the window's numbers, then `more`. */
function callPool(
  { builder, inputs, type }: LoweringScope,
  kernel: 'maxPool' | 'maxPoolBits' | 'averagePool',
  inputSize: readonly number[],
  { size, strides, padding: [top, , left] }: Window,
  ...more: number[]
): Lowered {
  const buffer = builder.allocate(valueBytes(type))
  const [height, width] = type.shape
  // The kernel skips the part of a window behind the input. A huge window would overflow its sums of positions and sizes.
  const windowSize = [Math.min(size[0], top + inputs[0].shape[0]), Math.min(size[1], left + inputs[0].shape[1])]
  const rowBytes = valueBytes({ ...type, shape: type.shape.slice(1) })
  builder.split(height, 1, LEAST_ROWS, (from, to) => {
    // The rows from `from` on are the rows of a pool with less padding above.
    const window = [to - from, width, ...windowSize, ...strides, top - from * strides[0], left]
    builder.call(kernel, inputs[0].buffer, offsetBy(buffer, from * rowBytes), ...inputSize, ...window, ...more)
  })
  return { buffer, kernel }
}

export const maxPool: Lowering<'maxPool'> = ({ attributes }, context) => {
  const [height, width, channels] = context.inputs[0].shape
  if (context.type.dtype === 'bit') return callPool(context, 'maxPoolBits', [height, width, bitRowBytes(channels)], attributes)
  return callPool(context, 'maxPool', [height, width, channels], attributes)
}

export const averagePool: Lowering<'averagePool'> = ({ attributes }, context) => {
  const taps = attributes.countPadding ? attributes.size[0] * attributes.size[1] : 0
  return callPool(context, 'averagePool', context.inputs[0].shape, attributes, taps)
}

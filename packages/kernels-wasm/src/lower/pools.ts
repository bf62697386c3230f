/** Pools and means. */
import { elementCount } from '@onebit/core'
import { offsetBy } from '../program/program-builder.ts'
import { bitRowBytes, valueBytes } from '../program/value.ts'
import { type Lowered, type Lowering, type LoweringContext, outputBuffer } from './context.ts'

/** Fewer output rows are not worth a task. */
const LEAST_ROWS = 4
/** Fewer values to sum are not worth a task. */
const LEAST_SUMMANDS = 8192
/** Values in a cache line. */
const LINE = 16

interface Window {
  readonly size: readonly number[]
  readonly strides: readonly number[]
  readonly padding: readonly number[]
}

/** Adds the steps of a pool, its output rows shared out. `inputSize` and `more` are the kernel's numbers before and after the window's. */
function callPool(
  { builder, inputs, type }: LoweringContext,
  kernel: 'maxPool' | 'maxPoolBits' | 'averagePool',
  inputSize: readonly number[],
  { size, strides, padding: [top, , left] }: Window,
  ...more: number[]
): Lowered {
  const buffer = builder.allocate(valueBytes(type))
  const [height, width] = type.shape
  const rowBytes = valueBytes({ ...type, shape: type.shape.slice(1) })
  builder.split(height, 1, LEAST_ROWS, (from, to) => {
    // The rows from `from` on are those of a pool with less padding above.
    const window = [to - from, width, ...size, ...strides, top - from * strides[0], left]
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

/** For every input value, the byte offset of the output it counts towards. */
function scatterTable(shape: readonly number[], axes: readonly number[]): Uint32Array {
  const table = new Uint32Array(elementCount(shape))
  let repeat = 1
  let stride = 4
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]
    if (!axes.includes(axis)) {
      for (let i = 0; i < table.length; i++) table[i] += (Math.floor(i / repeat) % size) * stride
      stride *= size
    }
    repeat *= size
  }
  return table
}

export const mean: Lowering<'mean'> = ({ attributes: { axes } }, context) => {
  const { builder, inputs, type } = context
  const { shape, buffer: input } = inputs[0]
  const buffer = outputBuffer(context)
  const first = Math.min(...axes)
  const last = Math.max(...axes)
  if (last - first + 1 === axes.length) {
    const sizes = [shape.slice(0, first), shape.slice(first, last + 1), shape.slice(last + 1)].map(elementCount)
    const least = Math.max(LINE, Math.ceil(LEAST_SUMMANDS / (sizes[0] * sizes[1])))
    builder.split(sizes[2], LINE, least, (from, to) => builder.call('meanMiddle', input, buffer, ...sizes, 4 * from, 4 * to))
    return { buffer, kernel: 'meanMiddle' }
  }
  const table = builder.constant(scatterTable(shape, axes))
  builder.call('meanScattered', input, buffer, elementCount(shape), elementCount(type.shape), table)
  return { buffer, kernel: 'meanScattered', reason: 'The axes are not next to each other.' }
}

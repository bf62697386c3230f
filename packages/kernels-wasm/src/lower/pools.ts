/** Pools and means. */
import { elementCount, type ValueType } from '@onebit/core'
import { bitRowBytes } from '../program/value.ts'
import { type Lowering, outputBuffer } from './context.ts'

/** The numbers that every pool kernel takes after its buffers and input size. */
function windowNumbers(
  { shape: [outputHeight, outputWidth] }: ValueType,
  attributes: { size: readonly number[]; strides: readonly number[]; padding: readonly number[] },
): number[] {
  const { size, strides, padding } = attributes
  return [outputHeight, outputWidth, ...size, ...strides, padding[0], padding[2]]
}

export const maxPool: Lowering<'maxPool'> = ({ attributes }, context) => {
  const { builder, inputs, type } = context
  const [height, width, channels] = inputs[0].shape
  const bits = type.dtype === 'bit'
  const kernel = bits ? 'maxPoolBits' : 'maxPool'
  const depth = bits ? bitRowBytes(channels) : channels
  const buffer = outputBuffer(context)
  builder.call(kernel, inputs[0].buffer, buffer, height, width, depth, ...windowNumbers(type, attributes))
  return { buffer, kernel }
}

export const averagePool: Lowering<'averagePool'> = ({ attributes }, context) => {
  const { builder, inputs, type } = context
  const taps = attributes.countPadding ? attributes.size[0] * attributes.size[1] : 0
  const buffer = outputBuffer(context)
  builder.call('averagePool', inputs[0].buffer, buffer, ...inputs[0].shape, ...windowNumbers(type, attributes), taps)
  return { buffer, kernel: 'averagePool' }
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
    builder.call('meanMiddle', input, buffer, ...sizes)
    return { buffer, kernel: 'meanMiddle' }
  }
  const table = builder.constant(scatterTable(shape, axes))
  builder.call('meanScattered', input, buffer, elementCount(shape), elementCount(type.shape), table)
  return { buffer, kernel: 'meanScattered', reason: 'The axes are not next to each other.' }
}

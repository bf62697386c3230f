/** Sums and products of two values. */
import { elementCount } from '@onebit/core'
import { offsetBy } from '../program/program-builder.ts'
import type { Value } from '../program/value.ts'
import { type Lowered, type Lowering, type LoweringContext, outputBuffer } from './context.ts'

/** Fewer values are not worth a task. */
const LEAST_VALUES = 16384

type Shape = readonly number[]

/** For every position of a value of shape `to`, the byte offset in a value of a shape that broadcasts to it. */
function byteOffsets(from: Shape, to: Shape): Uint32Array {
  const offsets = new Uint32Array(elementCount(to))
  let repeat = 1
  let stride = 4
  for (let axis = 1; axis <= to.length; axis++) {
    const size = to[to.length - axis]
    const fromSize = from[from.length - axis] ?? 1
    if (fromSize > 1) {
      for (let i = 0; i < offsets.length; i++) offsets[i] += (Math.floor(i / repeat) % size) * stride
    }
    stride *= fromSize
    repeat *= size
  }
  return offsets
}

/** Whether a value of shape `from` repeats as a whole, in order, through a value of shape `to`. */
function repeatsWhole(from: Shape, to: Shape): boolean {
  const core = from.slice(from.findIndex((size) => size !== 1))
  if (elementCount(from) === 1) return elementCount(to) === 1
  return core.every((size, index) => size === to[to.length - core.length + index])
}

function lowerBroadcast(operation: 'add' | 'multiply', context: LoweringContext): Lowered {
  const { builder, inputs, type } = context
  const buffer = outputBuffer(context)
  const count = elementCount(type.shape)
  const [a, b] = elementCount(inputs[0].shape) === count ? inputs : [inputs[1], inputs[0]]
  const period = elementCount(b.shape)
  if (elementCount(a.shape) === count && repeatsWhole(b.shape, type.shape) && (period % 4 === 0 || period === count)) {
    const unit = period === count ? 4 : period
    builder.split(count, unit, LEAST_VALUES, (from, to) => {
      const second = offsetBy(b.buffer, period === count ? 4 * from : 0)
      const places = [offsetBy(a.buffer, 4 * from), second, offsetBy(buffer, 4 * from)]
      builder.call(operation, ...places, to - from, period === count ? to - from : period)
    })
    return { buffer, kernel: operation }
  }
  const table = ({ shape }: Value): ReturnType<typeof builder.constant> => builder.constant(byteOffsets(shape, type.shape))
  const kernel = `${operation}Gathered` as const
  builder.call(kernel, inputs[0].buffer, inputs[1].buffer, buffer, count, table(inputs[0]), table(inputs[1]))
  return { buffer, kernel, reason: 'Neither input repeats as a whole, in multiples of 4 values, through the output.' }
}

export const add: Lowering<'add'> = (_node, context) => lowerBroadcast('add', context)
export const multiply: Lowering<'multiply'> = (_node, context) => lowerBroadcast('multiply', context)

/** Sums and products of two values. */
import { elementCount } from '@onebit/core'
import { broadcastOffsets } from '@onebit/core/compile'
import { offsetBy, type Place } from '../program/buffer.ts'
import type { Value } from '../program/value.ts'
import { type Lowered, type Lowering, type LoweringScope, outputBuffer } from './lowering.ts'

/** Fewer values are not worth a task. */
const LEAST_VALUES = 16384

type Shape = readonly number[]

/** The row length if a value of shape `from`, broadcast to `to`, makes rows that all equal the value. */
function repeatedFeatures(from: Shape, to: Shape): number | undefined {
  const core = from.slice(
    Math.max(
      0,
      from.findIndex((size) => size !== 1),
    ),
  )
  return core.every((size, index) => size === to[to.length - core.length + index]) ? elementCount(core) : undefined
}

/** The row length if `to` consists of rows for each of which a value of shape `from` has one number. */
function spreadFeatures(from: Shape, to: Shape): number | undefined {
  const aligned = to.map((_, axis) => from[from.length - to.length + axis] ?? 1)
  const rows = aligned.findLastIndex((size) => size !== 1) + 1
  return aligned.slice(0, rows).every((size, axis) => size === to[axis]) ? elementCount(to.slice(rows)) : undefined
}

interface Kernels {
  readonly repeated: 'add' | 'multiply'
  readonly spread: 'addToRows' | 'multiplyRows'
  readonly gathered: 'addGathered' | 'multiplyGathered'
}

function lowerBroadcast({ repeated, spread, gathered }: Kernels, context: LoweringScope): Lowered {
  const { builder, inputs, type } = context
  const buffer = outputBuffer(context)
  const count = elementCount(type.shape)
  const [a, b] = elementCount(inputs[0].shape) === count ? inputs : [inputs[1], inputs[0]]
  const whole = elementCount(a.shape) === count
  const places = (first: number, second: number): Place[] => [
    offsetBy(a.buffer, 4 * first),
    offsetBy(b.buffer, 4 * second),
    offsetBy(buffer, 4 * first),
  ]
  const features = repeatedFeatures(b.shape, type.shape)
  if (whole && elementCount(b.shape) === count) {
    builder.split(count, 4, LEAST_VALUES, (from, to) => builder.call(repeated, ...places(from, from), 1, to - from))
    return { buffer, kernel: repeated }
  }
  if (whole && features !== undefined && features > 1) {
    builder.split(count / features, 1, LEAST_VALUES / features, (from, to) =>
      builder.call(repeated, ...places(from * features, 0), to - from, features),
    )
    return { buffer, kernel: repeated }
  }
  const perNumber = spreadFeatures(b.shape, type.shape)
  if (whole && perNumber === count) {
    builder.split(count, 4, LEAST_VALUES, (from, to) => builder.call(spread, ...places(from, 0), 1, to - from))
    return { buffer, kernel: spread }
  }
  if (whole && perNumber !== undefined) {
    builder.split(count / perNumber, 1, LEAST_VALUES / perNumber, (from, to) =>
      builder.call(spread, ...places(from * perNumber, from), to - from, perNumber),
    )
    return { buffer, kernel: spread }
  }
  const table = ({ shape }: Value): ReturnType<typeof builder.constant> =>
    builder.constant(broadcastOffsets(shape, type.shape).map((offset) => 4 * offset))
  builder.call(gathered, inputs[0].buffer, inputs[1].buffer, buffer, count, table(inputs[0]), table(inputs[1]))
  return {
    buffer,
    kernel: gathered,
    reason: 'Neither input consists of rows that all equal the other or take one number of it each.',
  }
}

export const add: Lowering<'add'> = (_node, context) =>
  lowerBroadcast({ repeated: 'add', spread: 'addToRows', gathered: 'addGathered' }, context)
export const multiply: Lowering<'multiply'> = (_node, context) =>
  lowerBroadcast({ repeated: 'multiply', spread: 'multiplyRows', gathered: 'multiplyGathered' }, context)

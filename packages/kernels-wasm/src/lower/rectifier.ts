/** PReLU and RPReLU as one table of constants, and the RPReLU that follows no binary layer as one pass. */
import type { AnyNode, GraphTensor } from '@onebit/core'
import { elementCount } from '@onebit/core'
import type { Rectifier } from '../passes/rectifiers.ts'
import { channelsOf } from '../program/value.ts'
import { expandToChannels, repeatToVectors } from '../weights/per-channel.ts'
import { type Lowered, type LoweringContext, outputBuffer } from './context.ts'
import { LEAST_VALUES, ranges } from './pointwise.ts'

/** The tensor of a node, where it has one. */
type TensorOf = (node: AnyNode, role: string) => GraphTensor | undefined

/** x + -0 is x, whatever its sign. */
const NO_SHIFT = new Float32Array([-0])

/** One entry per channel: slopes, and with an RPReLU the shifts before and after. */
export function rectifierRows({ before, prelu, after }: Rectifier, channels: number, tensorOf: TensorOf): Float32Array[] {
  const values = (node: AnyNode | undefined, role: string): Float32Array => {
    const tensor = node && tensorOf(node, role)
    return expandToChannels(tensor?.dtype === 'float32' ? tensor.data : NO_SHIFT, channels)
  }
  const shifts = before || after ? [before, after].map((node) => values(node, 'shift')) : []
  return [values(prelu, 'slope'), ...shifts]
}

export function joinRows(rows: readonly Float32Array[]): Float32Array {
  const table = new Float32Array(rows.length * rows[0].length)
  rows.forEach((row, index) => {
    table.set(row, index * row.length)
  })
  return table
}

/** @param context That of the rectifier's last node, with the rectifier's input. */
export function lowerRectifier(rectifier: Rectifier, context: LoweringContext, tensorOf: TensorOf): Lowered {
  const { builder, inputs, type } = context
  const rows = rectifierRows(rectifier, channelsOf(type), tensorOf).map((row) => repeatToVectors(row))
  const period = rows[0].length
  const table = builder.constant(joinRows(rows))
  const buffer = outputBuffer(context)
  builder.split(elementCount(type.shape), period, LEAST_VALUES, (from, to) =>
    builder.call('rprelu', ...ranges([inputs[0].buffer, buffer], from), to - from, table, period),
  )
  return { buffer, kernel: 'rprelu' }
}

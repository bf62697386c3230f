/** PReLU and RPReLU as one table of constants. An RPReLU without a binary layer before it runs as one pass. */
import { type AnyNode, elementCount } from '@onebit/core'
import { expandToChannels, type Rectifier, rectifierNodes, repeatToVectors } from '@onebit/core/compile'
import { channelsOf } from '../program/value.ts'
import { type Lowered, outputBuffer, type UnitScope } from './lowering.ts'
import { LEAST_VALUES, ranges } from './pointwise.ts'

/** x + -0 is x, also for zeros of both signs. */
const NO_SHIFT = new Float32Array([-0])

/** One entry per channel: slopes, and with an RPReLU the shifts before and after. */
export function rectifierRows(
  { before, prelu, after }: Rectifier,
  channels: number,
  tensorOf: UnitScope['tensor'],
): Float32Array[] {
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

export function lowerRectifier(rectifier: Rectifier, { scopeOf, tensor }: UnitScope): Lowered {
  const nodes = rectifierNodes(rectifier)
  const scope = scopeOf(nodes.at(-1)!)
  const { builder, type } = scope
  const [input] = scopeOf(nodes[0]).inputs
  const rows = rectifierRows(rectifier, channelsOf(type), tensor).map((row) => repeatToVectors(row))
  const period = rows[0].length
  const table = builder.constant(joinRows(rows))
  const buffer = outputBuffer(scope)
  builder.split(elementCount(type.shape), period, LEAST_VALUES, (from, to) =>
    builder.call('rprelu', ...ranges([input.buffer, buffer], from), to - from, table, period),
  )
  return { buffer, kernel: 'rprelu' }
}

/** Ops that only move values: pad, reshape, concat and slice. */
import { elementCount } from '@onebit/core'
import { bitRowBytes, channelsOf, rowsOf } from '../program/value.ts'
import { type Lowered, type Lowering, type LoweringScope, outputBuffer } from './lowering.ts'

export const pad: Lowering<'pad'> = ({ attributes }, context) => {
  const { builder, inputs, type } = context
  const [height, width, channels] = inputs[0].shape
  const [top, , left] = attributes.padding
  const rowBytes = 4 * width * channels
  const outputRowBytes = 4 * type.shape[1] * channels
  const buffer = outputBuffer(context)
  const inside = { buffer, offset: top * outputRowBytes + 4 * left * channels }
  builder.call('fill', buffer, elementCount(type.shape), attributes.value)
  builder.call('copyRows', inputs[0].buffer, inside, height, rowBytes, rowBytes, outputRowBytes)
  return { buffer, kernel: 'copyRows' }
}

export const reshape: Lowering<'reshape'> = (_node, context) => {
  const { builder, inputs, type } = context
  const [from, to] = [channelsOf(inputs[0]), channelsOf(type)]
  if (type.dtype !== 'bit' || from === to || (from % 8 === 0 && to % 8 === 0)) {
    return { buffer: inputs[0].buffer, kernel: 'none (the same values)' }
  }
  const buffer = outputBuffer(context)
  builder.call('clear', buffer, buffer.bytes)
  builder.call('repackBits', inputs[0].buffer, buffer, elementCount(type.shape), from, to)
  return { buffer, kernel: 'repackBits', reason: 'The last axis changes and is not a multiple of 8, so the bit rows change.' }
}

/** Bytes of `channels` channels, if a row of them can be moved as bytes. */
function channelBytes({ type }: LoweringScope, channels: number): number {
  return type.dtype === 'bit' ? bitRowBytes(channels) : 4 * channels
}

const BIT_REASON = 'Bits move one row at a time: the last axis is cut at no multiple of 8.'

export const concat: Lowering<'concat'> = ({ attributes: { axis } }, context) => {
  const { inputs, type } = context
  const lastAxis = axis === type.shape.length - 1
  if (type.dtype === 'bit' && lastAxis && inputs.slice(0, -1).some((input) => channelsOf(input) % 8 !== 0)) {
    return concatBits(context)
  }
  const { builder } = context
  const buffer = outputBuffer(context)
  const outer = elementCount(type.shape.slice(0, axis))
  const outputBytes = buffer.bytes / outer
  let offset = 0
  for (const input of inputs) {
    const bytes = input.buffer.bytes / outer
    builder.call('copyRows', input.buffer, { buffer, offset }, outer, bytes, bytes, outputBytes)
    offset += bytes
  }
  return { buffer, kernel: 'copyRows' }
}

function concatBits(context: LoweringScope): Lowered {
  const { builder, inputs, type } = context
  const buffer = outputBuffer(context)
  const rows = rowsOf(type)
  const rowBytes = bitRowBytes(channelsOf(type))
  builder.call('clear', buffer, buffer.bytes)
  let toBit = 0
  for (const input of inputs) {
    const channels = channelsOf(input)
    const table = builder.constant(Uint32Array.from({ length: rows }, (_, row) => row * bitRowBytes(channels)))
    builder.call('gatherBitRows', input.buffer, buffer, rows, channels, table, 0, toBit, rowBytes)
    toBit += channels
  }
  return { buffer, kernel: 'gatherBitRows', reason: BIT_REASON }
}

/** Byte offsets of the rows along the last axis that a box covers. */
function rowOffsets(shape: readonly number[], begin: readonly number[], size: readonly number[], rowBytes: number): Uint32Array {
  let offsets = [0]
  let stride = rowBytes
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    const steps = Array.from({ length: size[axis] }, (_, index) => (begin[axis] + index) * stride)
    const inner = offsets
    offsets = steps.flatMap((step) => inner.map((offset) => step + offset))
    stride *= shape[axis]
  }
  return Uint32Array.from(offsets)
}

export const slice: Lowering<'slice'> = ({ attributes: { begin, size } }, context) => {
  const { builder, inputs, type } = context
  const [input] = inputs
  const buffer = outputBuffer(context)
  const firstChannel = begin.at(-1) ?? 0
  const channels = channelsOf(type)
  const rows = rowsOf(type)
  const offsets = rowOffsets(input.shape, begin, size, channelBytes(context, channelsOf(input)))
  if (type.dtype === 'bit' && channels !== channelsOf(input) && (firstChannel % 8 !== 0 || channels % 8 !== 0)) {
    builder.call('clear', buffer, buffer.bytes)
    const table = builder.constant(offsets)
    builder.call('gatherBitRows', input.buffer, buffer, rows, channels, table, firstChannel, 0, bitRowBytes(channels))
    return { buffer, kernel: 'gatherBitRows', reason: BIT_REASON }
  }
  const start = type.dtype === 'bit' ? firstChannel / 8 : 4 * firstChannel
  const table = builder.constant(offsets.map((offset) => offset + start))
  builder.call('gatherRuns', input.buffer, buffer, rows, channelBytes(context, channels), table)
  return { buffer, kernel: 'gatherRuns' }
}

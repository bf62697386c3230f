/** Resizing: which rows and columns each output reads, worked out in float32 as the op states, in tables for the kernels. */
import type { OpAttributes } from '@onebit/core'
import { offsetBy } from '../program/buffer.ts'
import { type Lowering, outputBuffer } from './context.ts'

type ResizeAttributes = OpAttributes['resize']

/** Fewer output rows are not worth a task. */
const LEAST_ROWS = 4

const { fround } = Math

/** Where output position `index` reads the input, before rounding to a pixel, in float32 as TensorFlow computes it. */
function sourcePosition(index: number, from: number, to: number, { alignCorners, halfPixelCenters }: ResizeAttributes): number {
  const scale = fround(alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to)
  return halfPixelCenters ? fround(fround(fround(index + 0.5) * scale) - 0.5) : fround(index * scale)
}

function clamp(position: number, size: number): number {
  return Math.min(Math.max(position, 0), size - 1)
}

/** One byte offset per output position. */
function nearestTable(from: number, to: number, stride: number, attributes: ResizeAttributes): Uint32Array {
  const rounds = attributes.alignCorners || attributes.halfPixelCenters
  return Uint32Array.from({ length: to }, (_, index) => {
    const position = sourcePosition(index, from, to, attributes)
    return clamp(Math.floor(rounds ? fround(position + 0.5) : position), from) * stride
  })
}

/** Per output position: byte offset of the first and of the second input, and the float32 weight of the second. */
function bilinearTable(from: number, to: number, stride: number, attributes: ResizeAttributes): Uint8Array {
  const table = new DataView(new ArrayBuffer(12 * to))
  for (let index = 0; index < to; index++) {
    const position = sourcePosition(index, from, to, attributes)
    const first = Math.floor(position)
    table.setUint32(12 * index, clamp(first, from) * stride, true)
    table.setUint32(12 * index + 4, clamp(first + 1, from) * stride, true)
    table.setFloat32(12 * index + 8, position - first, true)
  }
  return new Uint8Array(table.buffer)
}

export const resize: Lowering<'resize'> = ({ attributes }, context) => {
  const { builder, inputs, type } = context
  const [height, width, channels] = inputs[0].shape
  const [outputHeight, outputWidth] = type.shape
  const pixelBytes = 4 * channels
  const isNearest = attributes.method === 'nearest'
  const tableOf = isNearest ? nearestTable : bilinearTable
  const rows = builder.constant(tableOf(height, outputHeight, width * pixelBytes, attributes))
  const columns = builder.constant(tableOf(width, outputWidth, pixelBytes, attributes))
  // A smaller image needs each input row once or not at all, so there is no use in keeping them at the output's columns.
  const kernel = isNearest ? 'resizeNearest' : outputHeight < height ? 'resizeBilinearAtOnce' : 'resizeBilinear'
  const kept = kernel === 'resizeBilinear' ? [0, 1].map(() => builder.scratch(outputWidth * pixelBytes + 16)) : []
  const buffer = outputBuffer(context)
  builder.split(outputHeight, 1, LEAST_ROWS, (from, to) => {
    const output = offsetBy(buffer, from * outputWidth * pixelBytes)
    const sizes = [to - from, outputWidth, channels]
    builder.call(kernel, inputs[0].buffer, output, ...sizes, offsetBy(rows, (from * rows.bytes) / outputHeight), columns, ...kept)
  })
  return { buffer, kernel }
}

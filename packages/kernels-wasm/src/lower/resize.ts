/** Resizing: tables for the kernels hold the rows and columns that each output reads. */
import type { OpAttributes } from '@onebit/core'
import { bilinearPosition, nearestPosition } from '@onebit/core/compile'
import { offsetBy } from '../program/buffer.ts'
import { type Lowering, outputBuffer } from './lowering.ts'

type ResizeAttributes = OpAttributes['resize']

/** Fewer output rows are not worth a task. */
const LEAST_ROWS = 4

/** One byte offset per output position. */
function nearestTable(from: number, to: number, stride: number, attributes: ResizeAttributes): Uint32Array {
  return Uint32Array.from({ length: to }, (_, index) => nearestPosition(index, from, to, attributes) * stride)
}

/** Per output position: byte offset of the first and of the second input, and the float32 weight of the second. */
function bilinearTable(from: number, to: number, stride: number, attributes: ResizeAttributes): Uint8Array {
  const table = new DataView(new ArrayBuffer(12 * to))
  for (let index = 0; index < to; index++) {
    const { first, second, fraction } = bilinearPosition(index, from, to, attributes)
    table.setUint32(12 * index, first * stride, true)
    table.setUint32(12 * index + 4, second * stride, true)
    table.setFloat32(12 * index + 8, fraction, true)
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
  // A smaller image reads each input row once or not at all, so keeping rows at the output's columns has no use.
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

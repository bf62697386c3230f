/** Real convolutions and dense layers. */
import type { AnyNode } from '@onebit/core'
import { offsetBy } from '../program/program-builder.ts'
import { rowsOf } from '../program/value.ts'
import { allFinite, floatKernel, layOutBlocks } from '../weights/float-kernel.ts'
import { padGroups } from '../weights/per-channel.ts'
import { type Lowered, type Lowering, type LoweringContext, outputBuffer, requireTensor } from './context.ts'
import { convolutionGeometry, denseGeometry, type Geometry } from './geometry.ts'

/** Outputs that one register tile computes. */
export const BLOCK = 8
/** Pixels that one register tile computes. */
const TILE = 4
/** Fewer pixels are not worth a task. */
export const LEAST_PIXELS = 16

interface Layer {
  readonly geometry: Geometry
  readonly window: readonly [number, number]
  readonly inputWidth: number
  readonly outputWidth: number
  readonly pixels: number
  readonly groups: number
  /** Whether neighboring taps of a kernel row read neighboring pixels. */
  readonly contiguous: boolean
}

function lowerFloat(node: AnyNode, context: LoweringContext, layer: Layer): Lowered {
  const { builder, inputs } = context
  const { geometry, window, inputWidth, outputWidth, pixels, groups, contiguous } = layer
  const kernel = floatKernel(requireTensor(node, context, 'weights'))
  const tensor = context.tensor('bias')
  const bias = tensor?.dtype === 'float32' ? tensor.data : new Float32Array(kernel.outputs)
  const buffer = outputBuffer(context)
  const rows = builder.constant(geometry.rows)
  const columns = builder.constant(geometry.columns)
  const { channels, outputs } = kernel
  if (groups > 1 && channels === 1 && outputs === groups) {
    const [weights, shift] = [builder.constant(kernel.values), builder.constant(bias)]
    const pointers = builder.scratch(8 * kernel.taps)
    builder.split(pixels, 1, LEAST_PIXELS, (from, to) =>
      builder.call(
        'depthwiseConv',
        ...[inputs[0].buffer, offsetBy(buffer, 4 * from * outputs), weights, shift, rows, columns, pointers],
        ...[inputWidth, outputWidth, ...window, outputs, from, to],
      ),
    )
    return { buffer, kernel: 'depthwiseConv' }
  }
  const skip = !allFinite(kernel)
  const groupOutputs = outputs / groups
  const constants = [layOutBlocks(kernel, groups, BLOCK), padGroups(bias, groups, BLOCK)].map((data) => builder.constant(data))
  const zeros = builder.constant(new Float32Array(window[1] * channels * groups))
  const pointers = builder.scratch(16 * kernel.taps)
  const numbers = [inputWidth, outputWidth, ...window, channels, groups, groupOutputs, contiguous ? 1 : 0, skip ? 1 : 0]
  builder.split(pixels, TILE, LEAST_PIXELS, (from, to) =>
    builder.call(
      'floatConv',
      ...[inputs[0].buffer, offsetBy(buffer, 4 * from * outputs), ...constants, rows, columns, zeros, pointers],
      ...[...numbers, 4 * outputs, from, to],
    ),
  )
  if (skip) return { buffer, kernel: 'floatConv, pixel by pixel', reason: 'Some weights are not finite.' }
  const reason = groupOutputs % BLOCK ? `Outputs per group (${groupOutputs}) are not a multiple of ${BLOCK}.` : undefined
  return { buffer, kernel: 'floatConv', reason }
}

function windowOf(node: AnyNode, context: LoweringContext): [number, number] {
  const { dtype, shape } = requireTensor(node, context, 'weights')
  return dtype === 'bit' ? [shape[1], shape[2]] : [shape[0], shape[1]]
}

export const conv2d: Lowering<'conv2d'> = (node, context) => {
  const input = context.inputs[0].shape
  const output = context.type.shape
  const window = windowOf(node, context)
  return lowerFloat(node, context, {
    geometry: convolutionGeometry(input, output, window, node.attributes),
    window,
    inputWidth: input[1],
    outputWidth: output[1],
    pixels: output[0] * output[1],
    groups: node.attributes.groups,
    contiguous: node.attributes.groups === 1 && window[1] > 1 && node.attributes.dilations[1] === 1,
  })
}

export const dense: Lowering<'dense'> = (node, context) => {
  const pixels = rowsOf(context.type)
  const geometry = denseGeometry(pixels)
  const sizes = { window: [1, 1], inputWidth: pixels, outputWidth: pixels, pixels, groups: 1 } as const
  return lowerFloat(node, context, { geometry, ...sizes, contiguous: false })
}

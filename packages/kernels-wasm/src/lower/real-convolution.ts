/** Real convolutions and dense layers. */
import type { AnyNode, NodeOf } from '@onebit/core'
import {
  allFinite,
  convolutionGeometry,
  denseGeometry,
  type Geometry,
  integerObstacle,
  isDepthwise,
  layOutBlocks,
  realWeights,
} from '@onebit/core/compile'
import { offsetBy } from '../program/buffer.ts'
import { rowsOf } from '../program/value.ts'
import { lowerInteger } from './integer-convolution.ts'
import { type Lowered, type LoweringScope, outputBuffer, requireTensor } from './lowering.ts'
import { BLOCK, FOLLOWER_BYTES, type Followers, layOutFollowers, type RealLowering } from './real-followers.ts'

/** Pixels that one register tile computes. */
const TILE = 4
/** Fewer pixels are not worth a task. */
export const LEAST_PIXELS = 16
/** Threads divide layers of fewer pixels by outputs: parts are more equal, and each thread reads only its part of the weights. */
const MANY_PIXELS = 64
/** A multiple of 24 and 16, the outputs of the tiles of one and of two pixels. */
const OUTPUTS = 48

interface RealGeometry {
  readonly geometry: Geometry
  readonly window: readonly [number, number]
  readonly inputWidth: number
  readonly outputWidth: number
  readonly pixels: number
  readonly groups: number
  /** True if neighboring taps of a row of the window read neighboring pixels. */
  readonly contiguous: boolean
}

function lowerReal(node: AnyNode, context: LoweringScope, layer: RealGeometry, followers: Followers = {}): Lowered {
  const { builder, inputs } = context
  const { geometry, window, inputWidth, outputWidth, pixels, groups, contiguous } = layer
  const tensor = requireTensor(node, context, 'weights')
  const { weights, finite } = builder.once(tensor.data, ['real', ...tensor.shape], () => {
    const real = realWeights(tensor)
    return { weights: real, finite: allFinite(real) }
  })
  const buffer = outputBuffer(context)
  const rows = builder.constant(geometry.rows)
  const columns = builder.constant(geometry.columns)
  const { channels, outputs } = weights
  if (isDepthwise(tensor, groups)) {
    const bias = context.tensor('bias')
    const shift = builder.constant(bias?.dtype === 'float32' ? bias.data : new Float32Array(outputs))
    const values = builder.constant(weights.values)
    const pointers = builder.scratch(8 * weights.taps)
    builder.split(pixels, 1, LEAST_PIXELS, (from, to) =>
      builder.call(
        'depthwiseConv',
        ...[inputs[0].buffer, offsetBy(buffer, 4 * from * outputs), values, shift, rows, columns, pointers],
        ...[inputWidth, outputWidth, ...window, outputs, from, to],
      ),
    )
    return { buffer, kernel: 'depthwiseConv' }
  }
  const skip = !finite
  const groupOutputs = outputs / groups
  const { constants, kind } = layOutFollowers(context, followers, groups)
  const layout = ['blocks', weights.taps, channels, outputs, groups]
  const blocks = builder.laidOut(weights.values, layout, () => layOutBlocks(weights, groups, BLOCK))
  const zeros = builder.constant(new Float32Array(window[1] * channels * groups))
  const pointers = builder.scratch(16 * weights.taps)
  const sizes = [inputWidth, outputWidth, ...window, channels, groups]
  const flags = [contiguous ? 1 : 0, skip ? 1 : 0, kind]
  if (groups === 1 && pixels < MANY_PIXELS) {
    const outputBytes = 4 * weights.taps * channels
    builder.split(outputs, OUTPUTS, OUTPUTS, (from, to) =>
      builder.call(
        'floatConv',
        ...[inputs[0].buffer, offsetBy(buffer, 4 * from), offsetBy(blocks, from * outputBytes)],
        ...[offsetBy(constants, from * FOLLOWER_BYTES), rows, columns, zeros, pointers],
        ...[...sizes, to - from, ...flags, 4 * outputs, 0, pixels],
      ),
    )
  } else {
    builder.split(pixels, TILE, LEAST_PIXELS, (from, to) =>
      builder.call(
        'floatConv',
        ...[inputs[0].buffer, offsetBy(buffer, 4 * from * outputs), blocks, constants, rows, columns, zeros, pointers],
        ...[...sizes, groupOutputs, ...flags, 4 * outputs, from, to],
      ),
    )
  }
  if (skip) return { buffer, kernel: 'floatConv, pixel by pixel', reason: 'Some weights are not finite.' }
  const reason = groupOutputs % BLOCK ? `Outputs per group (${groupOutputs}) are not a multiple of ${BLOCK}.` : undefined
  return { buffer, kernel: 'floatConv', reason }
}

function windowOf(node: AnyNode, context: LoweringScope): [number, number] {
  const { dtype, shape } = requireTensor(node, context, 'weights')
  return dtype === 'bit' ? [shape[1], shape[2]] : [shape[0], shape[1]]
}

export const conv2d: RealLowering<NodeOf<'conv2d'>> = (node, context, followers) => {
  const { stem } = context
  const obstacle = stem && integerObstacle(node, realWeights(requireTensor(node, context, 'weights')), stem.readsInput)
  if (stem && !obstacle) return lowerInteger(node, context, stem, followers)
  const input = context.inputs[0].shape
  const output = context.type.shape
  const window = windowOf(node, context)
  const layer = {
    geometry: convolutionGeometry(input, output, window, node.attributes),
    window,
    inputWidth: input[1],
    outputWidth: output[1],
    pixels: output[0] * output[1],
    groups: node.attributes.groups,
    contiguous: node.attributes.groups === 1 && window[1] > 1 && node.attributes.dilations[1] === 1,
  }
  const lowered = lowerReal(node, context, layer, followers)
  const reason = [obstacle, lowered.reason].filter(Boolean).join(' ')
  return reason ? { ...lowered, reason } : lowered
}

export const dense: RealLowering<NodeOf<'dense'>> = (node, context, followers) => {
  const pixels = rowsOf(context.type)
  const geometry = denseGeometry(pixels)
  const sizes = { window: [1, 1], inputWidth: pixels, outputWidth: pixels, pixels, groups: 1 } as const
  return lowerReal(node, context, { geometry, ...sizes, contiguous: false }, followers)
}

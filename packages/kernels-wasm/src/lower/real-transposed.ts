/**
 * Real transposed convolution as sub-convolutions. Each computes the layer's sums without the taps that fall between two strides, in the
 * same order. In the reference those taps add nothing either.
 */
import type { NodeOf } from '@onebit/core'
import {
  allFinite,
  cutIntoSubConvolutions,
  layOutBlocks,
  pickRealTaps,
  realWeights,
  subConvolutionSize,
} from '@onebit/core/compile'
import { channelsOf } from '../program/value.ts'
import { outputBuffer, requireTensor } from './lowering.ts'
import { LEAST_PIXELS } from './real-convolution.ts'
import { BLOCK, layOutFollowers, type RealLowering } from './real-followers.ts'

export const conv2dTranspose: RealLowering<NodeOf<'conv2dTranspose'>> = (node, context, followers = {}) => {
  const { builder, inputs, type } = context
  const { strides } = node.attributes
  const tensor = requireTensor(node, context, 'weights')
  const weights = realWeights(tensor)
  const window = [tensor.shape[0], tensor.shape[1]] as const
  const [height, width] = type.shape
  const [rows, columns] = subConvolutionSize(type.shape, strides)
  const outputs = channelsOf(type)
  const { channels } = weights
  const skip = !allFinite(weights)
  const { constants, kind } = layOutFollowers(context, followers, 1)
  const zeros = builder.constant(new Float32Array(channels))
  const pointers = builder.scratch(16 * weights.taps)
  const buffer = outputBuffer(context)

  const parts = cutIntoSubConvolutions(inputs[0].shape, type.shape, window, node.attributes)
  const callsOf = parts.map(({ taps, window, geometry, first }) => {
    const blocks = builder.constant(layOutBlocks(pickRealTaps(weights, taps), 1, BLOCK))
    const places = [constants, builder.constant(geometry.rows), builder.constant(geometry.columns), zeros, pointers]
    const numbers = [inputs[0].shape[1], columns, ...window, channels, 1, outputs, 0, skip ? 1 : 0, kind]
    const pixels = Math.ceil((width - first[1]) / strides[1])
    return (row: number, count = pixels): void => {
      const y = first[0] + row * strides[0]
      if (y >= height) return
      const output = { buffer, offset: 4 * outputs * (y * width + first[1]) }
      const range = [4 * outputs * strides[1], row * columns, row * columns + count]
      builder.call('floatConv', inputs[0].buffer, output, blocks, ...places, ...numbers, ...range)
    }
  })
  // Without strides the only part is the whole output. Its rows follow one another, so tiles may go beyond their ends.
  const isWhole = strides[0] === 1 && strides[1] === 1
  builder.split(parts.length * rows, 1, Math.ceil(LEAST_PIXELS / columns), (from, to) => {
    if (isWhole) callsOf[0](from, (to - from) * columns)
    else for (let row = from; row < to; row++) callsOf[Math.floor(row / rows)](row % rows)
  })
  const name = `floatConv, in ${parts.length} sub-convolutions`
  return skip ? { buffer, kernel: `${name}, pixel by pixel`, reason: 'Some weights are not finite.' } : { buffer, kernel: name }
}

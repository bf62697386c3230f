/**
 * Real convolutions of a graph input in integers. Every run turns the input into integers by the range of its values. The weights
 * become integers once. Sums are exact, so they are the same on every build and any number of threads.
 */
import { elementCount, type NodeOf } from '@onebit/core'
import { foldFollowers, INT8, INT16, interleaveGroups, quantizeWeights, realWeights, weightSums } from '@onebit/core/compile'
import { BLOCK, layOutIntegers } from '../weights/integer-layout.ts'
import { type IntegerStem, type Lowered, type LoweringScope, outputBuffer, requireTensor } from './lowering.ts'
import type { Followers } from './real-followers.ts'

/** The kernel keeps the windows of this many pixels at a time. Fewer are not worth a task. */
const CHUNK = 16
/** Fewer values are not worth a task. */
const LEAST_VALUES = 16384
/** Bytes of the step, its inverse, the least and the greatest integer. */
const SCALING_BYTES = 16
/** The kernel copies windows by whole vectors. */
const VECTOR_BYTES = 16

export function lowerInteger(
  node: NodeOf<'conv2d'>,
  context: LoweringScope,
  { arithmetic, hasDots8 }: IntegerStem,
  followers: Followers = {},
): Lowered {
  const { builder, inputs, type } = context
  const weights = requireTensor(node, context, 'weights')
  const [windowHeight, windowWidth] = weights.dtype === 'bit' ? weights.shape.slice(1) : weights.shape
  const { strides, dilations, padding } = node.attributes
  const [height, width, channels] = inputs[0].shape
  const [outputHeight, outputWidth, outputs] = type.shape
  const format = arithmetic === 'int8' ? INT8 : INT16
  const narrow = arithmetic === 'int8' && hasDots8
  const size = narrow ? 1 : 2

  // The image with its border, up to the end of the last window.
  const rows = (outputHeight - 1) * strides[0] + (windowHeight - 1) * dilations[0] + 1
  const columns = (outputWidth - 1) * strides[1] + (windowWidth - 1) * dilations[1] + 1
  const [top, left] = [padding[0], Math.min(padding[2], columns)]
  const taken = Math.min(width, columns - left)
  const rowBytes = columns * channels * size
  const scaling = builder.allocate(SCALING_BYTES)
  const image = builder.allocate(rows * rowBytes)
  builder.call('chooseScaling', inputs[0].buffer, scaling, elementCount(inputs[0].shape), format.highestLevel)
  const lengths = [height, width * channels, taken * channels, columns * channels, top, left * channels]
  builder.split(rows, 1, Math.ceil(LEAST_VALUES / (columns * channels)), (from, to) =>
    builder.call(narrow ? 'quantizeRows8' : 'quantizeRows16', inputs[0].buffer, image, scaling, ...lengths, from, to),
  )

  // Taps side by side form one run of bytes.
  const tapsOfRun = dilations[1] === 1 ? windowWidth : 1
  const runsOfRow = windowWidth / tapsOfRun
  const offsets = Int32Array.from({ length: windowHeight * runsOfRow }, (_, run) => {
    const column = (run % runsOfRow) * dilations[1]
    return Math.floor(run / runsOfRow) * dilations[0] * rowBytes + column * channels * size
  })
  const runBytes = tapsOfRun * channels * size
  const steps = Math.ceil((offsets.length * runBytes) / 4)
  const integers = quantizeWeights(realWeights(weights), format)
  const bias = context.tensor('bias')
  const folded = foldFollowers(integers, { ...followers, bias: bias?.dtype === 'float32' ? bias.data : undefined })
  const biasAndSlope = interleaveGroups([folded.bias, folded.slope], 1, BLOCK)
  const weightFactors = builder.constant(interleaveGroups([folded.scales, weightSums(integers)], 1, BLOCK))
  const factors = builder.allocate(weightFactors.bytes)
  builder.call('scaleFactors', scaling, weightFactors, factors, Math.ceil(outputs / BLOCK), narrow ? 1 : 0)

  const buffer = outputBuffer(context)
  const places = [
    ...[image, buffer, builder.constant(layOutIntegers(integers, narrow ? Int8Array : Int16Array)), factors],
    ...[builder.constant(biasAndSlope), builder.constant(offsets), builder.scratch(CHUNK * 4 * steps + VECTOR_BYTES)],
  ]
  const pitches = [strides[0] * rowBytes, strides[1] * channels * size]
  const numbers = [outputWidth, ...pitches, offsets.length, runBytes, steps, outputs]
  const name = narrow ? 'integerConv8' : 'integerConv16'
  builder.split(outputHeight * outputWidth, CHUNK, CHUNK, (from, to) => builder.call(name, ...places, ...numbers, from, to))
  if (narrow || arithmetic === 'int16') return { buffer, kernel: name }
  return { buffer, kernel: name, reason: 'Strict SIMD has no dot product of 8-bit lanes: 16-bit ones give the same sums.' }
}

/** Convolutions and dense layers, real and binary, and their geometry. */
import { formatShape, type ValueType } from '../value-type.ts'
import { BIT, defineOp, FLOAT, type InferenceContext, integer, integers, type OpDefinition, oneOf } from './definition.ts'

/** `[height, width]` */
export type Pair = readonly [number, number]
/** `[top, bottom, left, right]` */
export type Padding = readonly [number, number, number, number]
/** The value that a tap outside the input reads: nothing, +1 or -1. */
export type PaddingValue = 'zero' | 'one' | 'minus-one'

export interface ConvolutionAttributes {
  readonly strides: Pair
  readonly dilations: Pair
  readonly padding: Padding
  readonly groups: number
}

export interface BinaryConvolutionAttributes extends ConvolutionAttributes {
  readonly paddingValue: PaddingValue
}

export interface TransposedConvolutionAttributes {
  readonly strides: Pair
  readonly dilations: Pair
  /** Rows and columns cropped from the full output. */
  readonly padding: Padding
  /**
   * Rows and columns added at the bottom and right after the crop. They first restore those that `padding` cropped there. Beyond the
   * full output they hold only the bias.
   */
  readonly outputPadding: Pair
}

const ONE: Pair = [1, 1]
const NO_PADDING: Padding = [0, 0, 0, 0]
const convolutionRules = {
  strides: integers<Pair>({ length: 2, minimum: 1, fallback: ONE }),
  dilations: integers<Pair>({ length: 2, minimum: 1, fallback: ONE }),
  padding: integers<Padding>({ length: 4, minimum: 0, fallback: NO_PADDING }),
  groups: integer({ minimum: 1, fallback: 1 }),
}
const transposedRules = {
  strides: convolutionRules.strides,
  dilations: convolutionRules.dilations,
  padding: convolutionRules.padding,
  outputPadding: integers<Pair>({ length: 2, minimum: 0, fallback: [0, 0] }),
}

/** Number of positions of a window that has `size` taps, `dilation` apart, and moves by `stride` over `input + padding`. */
export function windowPositions(input: number, size: number, stride: number, dilation: number, padding: number): number {
  return Math.floor((input + padding - (size - 1) * dilation - 1) / stride) + 1
}

type Context = Pick<InferenceContext<unknown>, 'fail'>

/** The shape as `[height, width, channels]`; fails on any other rank. */
export function image({ fail }: Context, { shape }: ValueType): readonly [number, number, number] {
  if (shape.length !== 3)
    fail({ what: 'The input is not an image.', expected: '[height, width, channels]', received: formatShape(shape) })
  return shape as unknown as readonly [number, number, number]
}

/** Kernel height and width, input channels per group and output channels, from either weight layout. */
function kernelShape({ fail }: Context, weights: ValueType): readonly [number, number, number, number] {
  const { shape, dtype } = weights
  if (shape.length !== 4) {
    fail({
      what: 'The weights are not a convolution kernel.',
      expected: dtype === 'bit' ? '[out, height, width, in / groups]' : '[height, width, in / groups, out]',
      received: formatShape(shape),
    })
  }
  const [a, b, c, d] = shape as [number, number, number, number]
  return dtype === 'bit' ? [b, c, d, a] : [a, b, c, d]
}

function matchBias({ tensors, fail }: InferenceContext<unknown>, outputs: number): void {
  const { bias } = tensors
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) {
    fail({ what: 'The bias does not fit the weights.', expected: `[${outputs}]`, received: formatShape(bias.shape) })
  }
}

function inferConvolution(context: InferenceContext<ConvolutionAttributes>, dtype: ValueType['dtype']): ValueType {
  const { inputs, attributes, tensors, fail } = context
  const [height, width, channels] = image(context, inputs[0])
  const [kernelHeight, kernelWidth, groupChannels, outputs] = kernelShape(context, tensors.weights!)
  const { strides, dilations, padding, groups } = attributes
  if (groupChannels * groups !== channels) {
    fail({
      what: 'The weights do not fit the input.',
      expected: `${channels / groups} input channels per group`,
      received: `${groupChannels}`,
    })
  }
  if (outputs % groups !== 0) {
    fail({
      what: 'The output channels do not divide into the groups.',
      expected: `a multiple of ${groups}`,
      received: `${outputs}`,
    })
  }
  const [top, bottom, left, right] = padding
  const outputHeight = windowPositions(height, kernelHeight, strides[0], dilations[0], top + bottom)
  const outputWidth = windowPositions(width, kernelWidth, strides[1], dilations[1], left + right)
  if (outputHeight < 1 || outputWidth < 1) {
    fail({ what: 'The kernel is larger than the padded input.', received: `input ${formatShape(inputs[0].shape)}` })
  }
  matchBias(context, outputs)
  return { dtype, shape: [outputHeight, outputWidth, outputs] }
}

function inferTransposed(context: InferenceContext<TransposedConvolutionAttributes>, dtype: ValueType['dtype']): ValueType {
  const { inputs, attributes, tensors, fail } = context
  const [height, width, channels] = image(context, inputs[0])
  const [kernelHeight, kernelWidth, inputChannels, outputs] = kernelShape(context, tensors.weights!)
  const { strides, dilations, padding, outputPadding } = attributes
  if (inputChannels !== channels) {
    fail({ what: 'The weights do not fit the input.', expected: `${channels} input channels`, received: `${inputChannels}` })
  }
  const [top, bottom, left, right] = padding
  const outputHeight = (height - 1) * strides[0] + (kernelHeight - 1) * dilations[0] + 1 - top - bottom + outputPadding[0]
  const outputWidth = (width - 1) * strides[1] + (kernelWidth - 1) * dilations[1] + 1 - left - right + outputPadding[1]
  if (outputHeight < 1 || outputWidth < 1) fail({ what: 'The padding crops the whole output away.' })
  matchBias(context, outputs)
  return { dtype, shape: [outputHeight, outputWidth, outputs] }
}

function inferDense(context: InferenceContext<object>, dtype: ValueType['dtype']): ValueType {
  const { inputs, tensors, fail } = context
  const { shape, dtype: weightType } = tensors.weights!
  if (shape.length !== 2) {
    fail({
      what: 'The weights are not a matrix.',
      expected: weightType === 'bit' ? '[out, in]' : '[in, out]',
      received: formatShape(shape),
    })
  }
  const [features, outputs] = weightType === 'bit' ? [shape[1], shape[0]] : [shape[0], shape[1]]
  const last = inputs[0].shape.at(-1) ?? fail({ what: 'The input has no axis.' })
  if (last !== features)
    fail({ what: 'The weights do not fit the input.', expected: `${last} input features`, received: `${features}` })
  matchBias(context, outputs)
  return { dtype, shape: [...inputs[0].shape.slice(0, -1), outputs] }
}

const anyWeights = { weights: { dtypes: ['float32', 'bit'] }, bias: { dtypes: ['float32'], optional: true } } as const
const bitWeights = { weights: { dtypes: ['bit'] } } as const

/**
 * Real convolution. Weights are float32 `[height, width, in / groups, out]` or bits `[out, height, width, in / groups]`.
 * Each output is accumulated in float32 over rows, columns, channels, in that order. Each product is rounded before the sum. Taps
 * outside the input are skipped, which matters only if a weight is not finite. The bias is added last.
 */
export const conv2d: OpDefinition<ConvolutionAttributes> = defineOp({
  inputs: [FLOAT],
  tensors: anyWeights,
  attributes: convolutionRules,
  infer: (context) => inferConvolution(context, 'float32'),
})

/** XNOR convolution: the exact integer sum of products of +-1, with taps outside the input read as `paddingValue`. */
export const binaryConv2d: OpDefinition<BinaryConvolutionAttributes> = defineOp({
  inputs: [BIT],
  tensors: bitWeights,
  attributes: { ...convolutionRules, paddingValue: oneOf(['zero', 'one', 'minus-one'], 'zero') },
  infer: (context) => inferConvolution(context, 'int32'),
})

/**
 * Transposed convolution, the gradient of `conv2d` with respect to its input. Weights are float32 `[height, width, in, out]`.
 * Each output is accumulated in float32 over kernel rows, kernel columns, channels, in that order; the bias is added last.
 */
export const conv2dTranspose: OpDefinition<TransposedConvolutionAttributes> = defineOp({
  inputs: [FLOAT],
  tensors: { weights: { dtypes: ['float32'] }, bias: { dtypes: ['float32'], optional: true } },
  attributes: transposedRules,
  infer: (context) => inferTransposed(context, 'float32'),
})

/** Transposed XNOR convolution, exact. Weights are bits `[out, height, width, in]`. */
export const binaryConv2dTranspose: OpDefinition<TransposedConvolutionAttributes> = defineOp({
  inputs: [BIT],
  tensors: bitWeights,
  attributes: transposedRules,
  infer: (context) => inferTransposed(context, 'int32'),
})

/** Matrix product over the last axis. Weights are float32 `[in, out]` or bits `[out, in]`; accumulated over `in` in order, bias last. */
export const dense: OpDefinition<object> = defineOp({
  inputs: [FLOAT],
  tensors: anyWeights,
  attributes: {},
  infer: (context) => inferDense(context, 'float32'),
})

/** XNOR matrix product over the last axis, exact. Weights are bits `[out, in]`. */
export const binaryDense: OpDefinition<object> = defineOp({
  inputs: [BIT],
  tensors: bitWeights,
  attributes: {},
  infer: (context) => inferDense(context, 'int32'),
})

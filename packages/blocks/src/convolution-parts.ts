/** The parts of blocks, with their common settings. */
import { type BlockContext, checkArguments, type PaddingValue, rules, type ValueRules } from '@onebit/core'
import { QuantConv2D } from '@onebit/layers'
import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

type Tensor = SymbolicTensor

const { anything, integer, layerName, object, oneOf, record, symbolicTensor, text } = rules

const quantizer = object({ plugin: object({ name: text }), options: record(anything) })

/** The rules of a block's context, by name. */
export const CONTEXT_RULES: ValueRules<keyof BlockContext> = {
  name: layerName,
  filters: integer({ minimum: 1, maximum: 2 ** 24 }),
  strides: integer({ minimum: 1 }),
  dilation: integer({ minimum: 1 }),
  padding: oneOf(['same', 'symmetric']),
  activation: quantizer,
  weight: quantizer,
}

type Part = Pick<BlockContext, 'name' | 'filters' | 'strides'>

/** @throws OptionError on a tensor that is not a feature map, and on a wrong name or size. */
export function checkPart(where: string, input: Tensor, { name, filters, strides }: Part): void {
  checkArguments(where, {
    input: [input, symbolicTensor],
    name: [name, CONTEXT_RULES.name],
    filters: [filters, CONTEXT_RULES.filters],
    strides: [strides, CONTEXT_RULES.strides],
  })
}

/** The properties of one 1-bit convolution of a block. */
export interface BinaryConvolution {
  readonly name: string
  readonly filters: number
  /** @default 3 */
  readonly kernelSize?: number
  /** @default 1 */
  readonly strides?: number
  /** @default 1 */
  readonly dilation?: number
  /** @default 'zero' */
  readonly paddingValue?: PaddingValue
}

/** A layer whose input and kernel the context's quantizers binarize. The context says how it is padded. */
export function binaryConvolution(
  { name, filters, kernelSize = 3, strides = 1, dilation = 1, paddingValue }: BinaryConvolution,
  { activation, weight, padding }: Pick<BlockContext, 'activation' | 'weight' | 'padding'>,
): QuantConv2D {
  return new QuantConv2D({
    name,
    filters,
    kernelSize,
    strides,
    dilationRate: dilation,
    padding,
    paddingValue,
    inputQuantizer: activation,
    kernelQuantizer: weight,
  })
}

export function batchNorm(input: Tensor, name: string, epsilon = 1e-5): Tensor {
  return layers.batchNormalization({ name, epsilon, momentum: 0.9 }).apply(input) as Tensor
}

/** The option of blocks with PReLUs. PyTorch begins at 0.25, Keras at 0. */
export const slopeOption = {
  default: 0.25,
  min: -1,
  max: 1,
  description: 'initial slope below zero',
} as const

/** One slope per channel. */
export function prelu(input: Tensor, name: string, slope: number): Tensor {
  const alphaInitializer = initializers.constant({ value: slope })
  return layers.prelu({ name, sharedAxes: [1, 2], alphaInitializer }).apply(input) as Tensor
}

export function relu(input: Tensor, name: string): Tensor {
  return layers.reLU({ name }).apply(input) as Tensor
}

export function sum(inputs: Tensor[], name: string): Tensor {
  return layers.add({ name }).apply(inputs) as Tensor
}

export function averagePool(input: Tensor, name: string, strides: number): Tensor {
  if (strides === 1) return input
  return layers.averagePooling2d({ name, poolSize: strides, strides, padding: 'same' }).apply(input) as Tensor
}

export function maxPool(input: Tensor, name: string, strides: number): Tensor {
  if (strides === 1) return input
  return layers.maxPooling2d({ name, poolSize: strides, strides, padding: 'same' }).apply(input) as Tensor
}

/** Number of channels, the last axis. */
export function channelsOf(input: Tensor): number {
  return input.shape.at(-1)!
}

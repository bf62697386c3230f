/**
 * Shortcuts that change the shape. If the shape stays the same, each is the identity.
 *
 *   real      average pooling, 1x1 convolution, BatchNorm: Bi-Real Net, arXiv 1808.00278, section 4.1
 *   strided   1x1 convolution with the stride, BatchNorm: option B of ResNet, arXiv 1512.03385, section 3.3
 *   padded    every other row and column, zeros as further channels: option A of the same section, without parameters
 *   binary    sign, 1-bit 1x1 convolution with the stride, BatchNorm: the unmarked rows of Real-to-Binary's tables, arXiv 2003.11535
 */
import { type BlockContext, checkArgument, checkOptions, rules } from '@onebit/core'
import { ChannelPadding } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { binaryDownsample } from './binary-downsample.ts'
import { batchNorm, CONTEXT_RULES, channelsOf, checkPart } from './convolution-parts.ts'
import { realDownsample } from './real-downsample.ts'

const DOWNSAMPLES = ['real', 'strided', 'padded', 'binary'] as const
export type Downsample = (typeof DOWNSAMPLES)[number]

/** The option for the kind of shortcut. Its default depends on the paper. */
export function downsampleOption<const Default extends Downsample>(standard: Default) {
  return { default: standard, values: DOWNSAMPLES, description: 'kind of shortcuts that change the shape' } as const
}

function stridedDownsample(input: SymbolicTensor, name: string, filters: number, strides: number): SymbolicTensor {
  if (strides === 1 && channelsOf(input) === filters) return input
  const conv = layers.conv2d({ name: `${name}.conv`, filters, kernelSize: 1, strides, useBias: false })
  return batchNorm(conv.apply(input) as SymbolicTensor, `${name}.norm`)
}

function paddedDownsample(input: SymbolicTensor, name: string, filters: number, strides: number): SymbolicTensor {
  // Max pooling over one value takes every other row and column.
  const pool = layers.maxPooling2d({ name: `${name}.pool`, poolSize: 1, strides, padding: 'same' })
  const fewer = strides === 1 ? input : (pool.apply(input) as SymbolicTensor)
  if (channelsOf(input) === filters) return fewer
  return new ChannelPadding({ name: `${name}.channels`, channels: filters }).apply(fewer) as SymbolicTensor
}

export function shortcut(
  downsample: Downsample,
  input: SymbolicTensor,
  name: string,
  context: Pick<BlockContext, 'filters' | 'strides' | 'activation' | 'weight'>,
): SymbolicTensor {
  checkArgument('shortcut()', 'downsample', downsample, rules.oneOf(DOWNSAMPLES))
  const { filters, strides, activation, weight } = checkOptions<Partial<BlockContext>>('shortcut()', context, CONTEXT_RULES, [
    'filters',
    'strides',
  ]) as BlockContext
  checkPart('shortcut()', input, { name, filters, strides })
  const quantizers = { activation, weight }
  if (downsample === 'real') return realDownsample(input, name, filters, strides)
  if (downsample === 'strided') return stridedDownsample(input, name, filters, strides)
  if (downsample === 'padded') return paddedDownsample(input, name, filters, strides)
  return binaryDownsample(input, name, filters, strides, quantizers)
}

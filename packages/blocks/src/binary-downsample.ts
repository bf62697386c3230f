/**
 * The binarized shortcut: sign, 1-bit 1x1 convolution with the stride, BatchNorm; the identity if the shape stays the same. It is
 * that of the rows of Real-to-Binary's tables (arXiv 2003.11535) without the mark for real downsampling.
 */
import { type BlockContext, checkOptions, checkRecord } from '@onebit/core'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, CONTEXT_RULES, channelsOf, checkPart } from './convolution-parts.ts'

const { activation, weight } = CONTEXT_RULES
const QUANTIZERS = { activation, weight }

export function binaryDownsample(
  input: SymbolicTensor,
  name: string,
  filters: number,
  strides: number,
  context: Pick<BlockContext, 'activation' | 'weight'>,
): SymbolicTensor {
  checkPart('binaryDownsample()', input, { name, filters, strides })
  checkRecord('binaryDownsample()', context)
  checkOptions('binaryDownsample()', context, QUANTIZERS)
  if (strides === 1 && channelsOf(input) === filters) return input
  const conv = binaryConvolution({ name: `${name}.conv`, filters, kernelSize: 1, strides }, context)
  return batchNorm(conv.apply(input) as SymbolicTensor, `${name}.norm`)
}

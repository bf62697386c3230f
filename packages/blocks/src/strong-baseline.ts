/**
 * The strong baseline of Real-to-Binary, which is its block without the gate.
 *
 *   x -> BatchNorm -> sign -> 1-bit conv 3x3 -> scale -> PReLU -> + shortcut(x)
 *
 * twice, the stride in the first, with a shortcut for each convolution. The scale is learned: one factor per channel, or the
 * product of one per channel, row and column, or none. Borders are padded with zeros after the sign.
 *
 * Martinez, Yang, Bulat, Tzimiropoulos: Training Binary Neural Networks with Real-to-Binary Convolutions (ICLR 2020), arXiv
 * 2003.11535, section 4.1.
 */
import { type Block, type BlockContext, defineBlock } from '@onebit/core'
import { LearnedScale, type ScaleExtent } from '@onebit/layers'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, prelu, slopeOption, sum } from './convolution-parts.ts'
import { type Downsample, downsampleOption, shortcut } from './shortcut.ts'

export interface StrongBaselineOptions {
  /** Axes of the output with learned factors. @default 'channel' */
  scale: ScaleExtent | 'none'
  /** Kind of the shortcuts that change the shape. @default 'real' */
  downsample: Downsample
  /** Initial slope of the PReLUs below zero. @default 0.25 */
  slope: number
}

export const strongBaselineOptions = {
  scale: {
    default: 'channel',
    values: ['channel', 'channel-height-width', 'none'],
    description: 'axes of the output with learned factors',
  },
  downsample: downsampleOption('real'),
  slope: slopeOption,
} as const

/** @param gate Multiplies the scaled output. It receives that output and the BatchNorm's. */
export function applyStrongBaseline(
  input: SymbolicTensor,
  { scale, downsample, slope }: StrongBaselineOptions,
  context: BlockContext,
  gate: (value: SymbolicTensor, norm: SymbolicTensor, name: string) => SymbolicTensor = (value) => value,
): SymbolicTensor {
  const { filters, dilation } = context
  const half = (x: SymbolicTensor, name: string, strides: number): SymbolicTensor => {
    const norm = batchNorm(x, `${name}.norm`)
    let value = binaryConvolution({ name, filters, strides, dilation }, context).apply(norm) as SymbolicTensor
    if (scale !== 'none') value = new LearnedScale({ name: `${name}.scale`, extent: scale }).apply(value) as SymbolicTensor
    const bent = prelu(gate(value, norm, name), `${name}.prelu`, slope)
    return sum([bent, shortcut(downsample, x, `${name}.shortcut`, { ...context, strides })], `${name}.add`)
  }
  return half(half(input, `${context.name}.conv1`, context.strides), `${context.name}.conv2`, 1)
}

export const strongBaseline: Block = defineBlock({
  name: 'strong-baseline',
  package: '@onebit/blocks',
  paper: { title: 'Real-to-Binary Convolutions', authors: 'Martinez et al.', year: 2020, arxiv: '2003.11535' },
  convolutions: 2,
  // The float network has PReLUs too.
  twin: () => 'none',
  options: strongBaselineOptions,
  apply: ([input], options, context) => [applyStrongBaseline(input, options, context)],
})

declare module '@onebit/core' {
  interface BlockNames {
    'strong-baseline': StrongBaselineOptions
  }
}

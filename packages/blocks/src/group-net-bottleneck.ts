/**
 * Group-Net's block for 50 layers: K binary bases, each a bottleneck of three 1-bit convolutions.
 *
 *   x_k = g b_k + (1 - g) m       one learned gate g for the block; where no bases come in, x_k = m
 *   o_k = f3(f2(f1(x_k))) + shortcut(x_k), f = BatchNorm(ReLU(1-bit conv(sign(.))))
 *   f1 1x1 to a quarter of the channels, f2 3x3 with the stride, f3 1x1 to all of them
 *   out: the mean of the o_k, or their sum with learned scales; and the o_k as the next block's bases
 *
 * The authors' released code has a network of 50 layers whose block it does not contain. This one is the bottleneck of the real network with
 * the released order of layers: one shortcut spans the three, since the first and the last change the channels. Borders are padded with +1.
 *
 * Zhuang, Shen, Tan, Liu, Reid: Structured Binary Neural Networks (CVPR 2019), arXiv 1811.10413, and its extension, arXiv 1909.09934.
 */
import { type Block, defineBlock, OptionError } from '@onebit/core'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { sum } from './convolution-parts.ts'
import {
  type BaseConvolution,
  baseConvolution,
  type GroupOptions,
  groupOfBases,
  groupOptions,
  rectified,
} from './group-of-bases.ts'

export interface GroupNetBottleneckOptions extends GroupOptions {}

/** How many times fewer channels are in the middle. */
const EXPANSION = 4

export const groupNetBottleneck: Block = defineBlock({
  name: 'group-net-bottleneck',
  package: '@onebit/blocks',
  paper: { title: 'Structured Binary Neural Networks', authors: 'Zhuang et al.', year: 2019, arxiv: '1811.10413' },
  convolutions: 3,
  // ReLUs follow the convolutions in the float network too.
  twin: () => 'none',
  options: groupOptions,
  apply: (inputs, options, context) => {
    const { filters, strides } = context
    const middle = filters / EXPANSION
    if (!Number.isInteger(middle)) {
      throw new OptionError({
        what: `The block '${context.name}' has a quarter of its channels in the middle.`,
        expected: 'a multiple of 4 output channels',
        received: `${filters}`,
        fix: 'Choose another width.',
      })
    }
    return groupOfBases(inputs, options, context, (x, skipped, { name, dilation }) => {
      const convolve = (from: SymbolicTensor, part: BaseConvolution): SymbolicTensor =>
        rectified(baseConvolution(from, part, context), part.name)
      const pointwise = { kernelSize: 1, strides: 1, dilation: 1 }
      const narrow = convolve(x, { name: `${name}.conv1`, filters: middle, ...pointwise })
      const spatial = convolve(narrow, { name: `${name}.conv2`, filters: middle, strides, dilation })
      const wide = convolve(spatial, { name: `${name}.conv3`, filters, ...pointwise })
      return sum([wide, skipped], `${name}.add`)
    })
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    'group-net-bottleneck': GroupNetBottleneckOptions
  }
}

/**
 * The block of QuickNet's first release: one 1-bit convolution that never widens, so that every 1-bit layer runs on few channels.
 *
 *   r = x, or with a stride BatchNorm(max pooling(x))
 *   y = BatchNorm(ReLU(1-bit conv 3x3(sign(x)))) + r, as many channels as x
 *   out: y, or where the channels double, r and y side by side
 *
 * The network of Larq Zoo 0.1, before the paper's (`quicknet`): its transition needs no real convolution. It pads with zeros; the paper
 * recommends ones, which kernels handle faster, as an option. Bannink et al.: Larq Compute Engine (MLSys 2021), arXiv 2011.09398.
 */
import { type Block, defineBlock, OptionError } from '@onebit/core'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, channelsOf, maxPool, relu, sum } from './convolution-parts.ts'

export interface Quicknet01BlockOptions {
  /** What taps outside the image read. @default 'zero' */
  padding: 'zero' | 'one'
}

export const quicknet01: Block = defineBlock({
  name: 'quicknet-0-1',
  package: '@onebit/blocks',
  paper: { title: 'Larq Compute Engine', authors: 'Bannink et al.', year: 2021, arxiv: '2011.09398' },
  convolutions: 1,
  // ReLUs follow the convolutions in the float network too.
  twin: () => 'none',
  options: { padding: { default: 'zero', values: ['zero', 'one'], description: 'value of taps outside the image' } },
  apply: ([input], { padding }, context) => {
    const { name, filters, strides, dilation } = context
    const channels = channelsOf(input)
    if (filters !== channels && filters !== 2 * channels) {
      throw new OptionError({
        what: `The block '${name}' keeps its channels or doubles them.`,
        expected: `${channels} or ${2 * channels} output channels`,
        received: `${filters}`,
        fix: 'Choose a network whose stages double their width.',
      })
    }
    const pooled = strides === 1 ? input : batchNorm(maxPool(input, `${name}.pool`, strides), `${name}.pool.norm`)
    const layer = `${name}.conv`
    const conv = binaryConvolution({ name: layer, filters: channels, strides, dilation, paddingValue: padding }, context)
    const norm = batchNorm(relu(conv.apply(input) as SymbolicTensor, `${layer}.relu`), `${layer}.norm`)
    const output = sum([norm, pooled], `${name}.add`)
    if (filters === channels) return [output]
    return [layers.concatenate({ name: `${name}.concat` }).apply([pooled, output]) as SymbolicTensor]
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    'quicknet-0-1': Quicknet01BlockOptions
  }
}

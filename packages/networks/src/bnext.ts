/**
 * BNext: the layout of ReActNet-A with the blocks `bnext`. It has a real 3x3/2 stem with BatchNorm, five stages that double the
 * width, all but the first halving the image, and a PReLU before the head.
 *
 *   Tiny     width 32, blocks 1, 2, 2, 6, 2      72.4 %
 *   Small    width 48, blocks 1, 2, 2, 6, 2      76.1 %
 *   Middle   width 48, blocks 1, 4, 4, 8, 4      78.3 %
 *   Large    width 64, blocks 1, 4, 4, 16, 4     80.6 %
 *
 * The published operations count the stem, the gates and the head at 8 bits. Here they are float32, as in the released training
 * code. That code also has PReLUs that its blocks never call. They are not part of this network.
 *
 * Guo, Bethge, Meinel, Yang: Join the High Accuracy Club on ImageNet with a Binary Neural Network Ticket (BNext, 2022), arXiv
 * 2211.12933.
 */
import { type BorderPadding, defineNetwork, type Network } from '@onebit/core'
import { input } from '@tensorflow/tfjs-layers'
import { batchNorm, convolution, paddingOption, prelu } from './real-layers.ts'
import { blocksFor, type OutputStride, outputStrideOption, residualStages } from './residual-stages.ts'

export interface BnextNetworkOptions {
  /** Channels of the stem. @default 32 */
  width: number
  /** Blocks of each stage, of two convolutions each. @default [1, 2, 2, 6, 2] */
  blocks: readonly number[]
  /** Largest ratio between the sizes of the picture and of the last feature map. Further strides become dilation. @default 32 */
  outputStride: OutputStride
  /** Padding of windows with a stride. @default 'symmetric' */
  padding: BorderPadding
}

export const bnext: Network = defineNetwork({
  name: 'bnext',
  package: '@onebit/networks',
  paper: { title: 'BNext', authors: 'Guo et al.', year: 2022, arxiv: '2211.12933' },
  options: {
    width: { default: 32, min: 1, integer: true, description: 'channels of the stem' },
    blocks: {
      type: 'list',
      of: { type: 'number', min: 1, integer: true },
      length: 5,
      default: [1, 2, 2, 6, 2],
      description: 'blocks of each stage',
    },
    outputStride: outputStrideOption,
    padding: paddingOption('symmetric'),
  },
  build: ({ width, blocks, outputStride, padding }, context) => {
    const image = input({ name: 'image', shape: [...context.input] })
    const stem = batchNorm(convolution(image, 'stem.conv', width, 3, { strides: 2, padding }), 'stem.norm')
    const stages = blocks.map((pairs, index) => ({
      filters: width * 2 ** (index + 1),
      blocks: blocksFor(2 * pairs, context),
      strides: index === 0 ? 1 : 2,
      padding,
    }))
    const features = residualStages(stem, stages, context, { stem: 2, most: outputStride })
    return { input: image, features, output: prelu(features[`stage${stages.length}`], 'last.prelu') }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    bnext: BnextNetworkOptions
  }
}

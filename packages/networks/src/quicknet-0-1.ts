/**
 * QuickNet of Larq Zoo 0.1, before the paper's network (`quicknet`). It has a stem of few multiplications (real 3x3/2 to an
 * eighth of the channels, depthwise 3x3/2 to all of them, ReLU, BatchNorm), four stages of 2, 3, 4 and 4 convolutions with 64 to
 * 512 channels, and a last ReLU.
 *
 * Bannink et al.: Larq Compute Engine (MLSys 2021), arXiv 2011.09398.
 */
import { defineNetwork, type Network, OptionError } from '@onebit/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, convolution, relu } from './real-layers.ts'
import { blocksFor, type OutputStride, outputStrideOption, residualStages } from './residual-stages.ts'

export interface Quicknet01Options {
  /** Channels of the first stage, a multiple of 8. @default 64 */
  width: number
  /** Largest ratio between the sizes of the picture and of the last feature map. Further strides become dilation. @default 32 */
  outputStride: OutputStride
}

export const quicknet01: Network = defineNetwork({
  name: 'quicknet-0-1',
  package: '@onebit/networks',
  paper: { title: 'Larq Compute Engine', authors: 'Bannink et al.', year: 2021, arxiv: '2011.09398' },
  options: {
    width: { default: 64, min: 8, integer: true, description: 'channels of the first stage, a multiple of 8' },
    outputStride: outputStrideOption,
  },
  build: ({ width, outputStride }, context) => {
    if (width % 8 !== 0) {
      throw new OptionError({
        what: "QuickNet's stem spreads each of its channels over eight.",
        expected: 'a width that is a multiple of 8',
        received: `${width}`,
        fix: `Give a width of ${8 * Math.ceil(width / 8)}.`,
      })
    }
    const image = input({ name: 'image', shape: [...context.input] })
    const narrow = width / 8
    const conv = convolution(image, 'stem.conv', narrow, 3, { strides: 2 })
    const spread = layers
      .depthwiseConv2d({
        name: 'stem.depthwise',
        kernelSize: 3,
        depthMultiplier: 8,
        strides: [2, 2],
        padding: 'same',
        useBias: false,
      })
      .apply(conv) as SymbolicTensor
    const stem = batchNorm(relu(spread, 'stem.relu'), 'stem.norm')
    const stages = [2, 3, 4, 4].map((convolutions, index) => ({
      filters: width * 2 ** index,
      blocks: blocksFor(convolutions, context),
      strides: index === 0 ? 1 : 2,
    }))
    const features = residualStages(stem, stages, context, { stem: 4, most: outputStride })
    return { input: image, features, output: relu(features.stage4, 'last.relu') }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    'quicknet-0-1': Quicknet01Options
  }
}

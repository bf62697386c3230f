/**
 * ReActNet-A: MobileNet with full 1-bit convolutions in place of its depthwise ones. It has a real 3x3/2 stem with 32 channels,
 * then thirteen blocks of a 3x3 and a 1x1 convolution: 64; 128, 128; 256, 256; 512 six times; 1024, 1024. Each group but the
 * first halves the image.
 *
 * Liu, Shen, Savvides, Cheng: ReActNet (ECCV 2020), arXiv 2003.03488, section 4.1.
 */
import { type BorderPadding, defineNetwork, type Network } from '@onebit/core'
import { input } from '@tensorflow/tfjs-layers'
import { batchNorm, convolution, paddingOption } from './real-layers.ts'
import { blocksFor, type OutputStride, outputStrideOption, residualStages } from './residual-stages.ts'

export interface ReactAOptions {
  /** Channels of the stem. @default 32 */
  width: number
  /** Largest ratio between the sizes of the picture and of the last feature map. Further strides become dilation. @default 32 */
  outputStride: OutputStride
  /** Padding of windows with a stride. @default 'symmetric' */
  padding: BorderPadding
}

export const reactA: Network = defineNetwork({
  name: 'react-a',
  package: '@onebit/networks',
  paper: { title: 'ReActNet', authors: 'Liu et al.', year: 2020, arxiv: '2003.03488' },
  options: {
    width: { default: 32, min: 1, integer: true, description: 'channels of the stem' },
    outputStride: outputStrideOption,
    padding: paddingOption('symmetric'),
  },
  build: ({ width, outputStride, padding }, context) => {
    const image = input({ name: 'image', shape: [...context.input] })
    const stem = batchNorm(convolution(image, 'stem.conv', width, 3, { strides: 2, padding }), 'stem.norm')
    const stages = [1, 2, 2, 6, 2].map((pairs, index) => ({
      filters: width * 2 ** (index + 1),
      blocks: blocksFor(2 * pairs, context),
      strides: index === 0 ? 1 : 2,
      padding,
    }))
    const features = residualStages(stem, stages, context, { stem: 2, most: outputStride })
    return { input: image, features, output: features.stage5 }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    'react-a': ReactAOptions
  }
}

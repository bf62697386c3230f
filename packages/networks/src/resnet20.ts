/**
 * ResNet-20 for CIFAR: real 3x3 stem with BatchNorm, three stages of six convolutions with 16, 32 and 64 channels at 32x32, 16x16
 * and 8x8. Papers of one-bit networks put nothing, a clip to [-1, 1] (IR-Net, arXiv 1909.10788) or a Maxout (AdaBin, arXiv
 * 2208.08084) behind the stem.
 *
 * He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition (CVPR 2016), arXiv 1512.03385, section 4.2.
 */
import { type BorderPadding, defineNetwork, type Network } from '@onebit/core'
import { input } from '@tensorflow/tfjs-layers'
import { batchNorm, bend, convolution, type Nonlinearity, paddingOption } from './real-layers.ts'
import { blocksFor, type OutputStride, outputStrideOption, residualStages } from './residual-stages.ts'

const STEMS = ['norm', 'norm-relu', 'norm-prelu', 'norm-clip', 'norm-maxout'] as const

export interface Resnet20Options {
  /** Channels of the first stage. @default 16 */
  width: number
  /** Largest ratio between the sizes of the picture and of the last feature map. Further strides become dilation. @default 32 */
  outputStride: OutputStride
  /** Last layers of the stem. @default 'norm' */
  stem: (typeof STEMS)[number]
  /** Padding of windows with a stride. @default 'symmetric' */
  padding: BorderPadding
}

export const resnet20: Network = defineNetwork({
  name: 'resnet20',
  package: '@onebit/networks',
  paper: { title: 'Deep Residual Learning for Image Recognition', authors: 'He et al.', year: 2016, arxiv: '1512.03385' },
  options: {
    width: { default: 16, min: 1, integer: true, description: 'channels of the first stage' },
    outputStride: outputStrideOption,
    stem: { default: 'norm', values: STEMS, description: 'last layers of the stem' },
    padding: paddingOption('symmetric'),
  },
  build: ({ width, outputStride, stem, padding }, context) => {
    const image = input({ name: 'image', shape: [...context.input] })
    const norm = batchNorm(convolution(image, 'stem.conv', width, 3), 'stem.norm')
    const [, nonlinearity] = stem.split('-') as ['norm', Nonlinearity | undefined]
    const first = nonlinearity ? bend(norm, `stem.${nonlinearity}`, nonlinearity) : norm
    const stages = [1, 2, 4].map((factor) => ({
      filters: width * factor,
      blocks: blocksFor(6, context),
      strides: factor === 1 ? 1 : 2,
      padding,
    }))
    const features = residualStages(first, stages, context, { stem: 1, most: outputStride })
    return { input: image, features, output: features.stage3 }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    resnet20: Resnet20Options
  }
}

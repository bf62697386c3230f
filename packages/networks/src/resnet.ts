/**
 * ResNet-18, ResNet-34 and ResNet-50: 7x7/2 stem, 3x3/2 max pooling, four stages of 64 to 512 channels with 4, 4, 4, 4 or 6, 8,
 * 12, 6 convolutions. ResNet-50 has 9, 12, 18, 9 and four times the channels, for blocks of three convolutions. The papers of
 * one-bit networks differ in the layers around the pooling:
 *
 *   norm             BatchNorm, pooling: Bi-Real Net, arXiv 1808.00278, section 4.1
 *   norm-relu        BatchNorm, ReLU, pooling: the real network, arXiv 1512.03385
 *   norm-prelu       BatchNorm, PReLU, pooling: Real-to-Binary, arXiv 2003.11535
 *   norm-clip        BatchNorm, clip to [-1, 1], pooling: IR-Net, arXiv 1909.10788
 *   norm-maxout      BatchNorm, Maxout, pooling: AdaBin, arXiv 2208.08084
 *   pool-norm        pooling, BatchNorm: Group-Net, arXiv 1811.10413
 *
 * For small images, such as CIFAR's, the stem may be a 3x3 convolution without stride and pooling.
 *
 * Strided windows are padded as in the released code of those papers, which is for PyTorch: 3 values beyond the border for 7x7, 1
 * for 3x3.
 *
 * He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition (CVPR 2016), arXiv 1512.03385, table 1.
 */
import { type Backbone, type BorderPadding, defineNetwork, type Network, type NetworkContext } from '@onebit/core'
import { input, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, bend, convolution, maxPool, type Nonlinearity, paddingOption } from './real-layers.ts'
import { blocksFor, type OutputStride, outputStrideOption, residualStages } from './residual-stages.ts'

export const RESNET_STEMS = ['norm', 'norm-relu', 'norm-prelu', 'norm-clip', 'norm-maxout', 'pool-norm'] as const
export type ResnetStem = (typeof RESNET_STEMS)[number]

/** The stem's kernel. 7 halves the image twice, 3 keeps its size. */
const STEM_SIZES = [7, 3] as const

/** Convolutions of each stage, and the ratio between the channels of the first stage and `width`. */
const PLANS = {
  18: { convolutions: [4, 4, 4, 4], expansion: 1 },
  34: { convolutions: [6, 8, 12, 6], expansion: 1 },
  50: { convolutions: [9, 12, 18, 9], expansion: 4 },
} as const
export type ResnetDepth = keyof typeof PLANS

export interface ResnetOptions {
  /** Channels of the first stage. @default 64 */
  width: number
  /** Layers around the first pooling. @default 'norm' */
  stem: ResnetStem
  /** Height and width of the first kernel: 7 for ImageNet, with stride and pooling; 3 for small images, without. @default 7 */
  stemSize: (typeof STEM_SIZES)[number]
  /** Largest ratio between the sizes of the picture and of the last feature map. Further strides become dilation. @default 32 */
  outputStride: OutputStride
  /** Padding of windows with a stride. @default 'symmetric' */
  padding: BorderPadding
}

type StemOptions = Pick<ResnetOptions, 'width' | 'stem' | 'stemSize' | 'padding'>

function applyStem(image: SymbolicTensor, { width, stem, stemSize, padding }: StemOptions): SymbolicTensor {
  const isSmall = stemSize === 3
  const pool = (x: SymbolicTensor) => (isSmall ? x : maxPool(x, 'stem.pool', 3, 2, padding))
  const conv = convolution(image, 'stem.conv', width, stemSize, isSmall ? {} : { strides: 2, padding })
  if (stem === 'pool-norm') return batchNorm(pool(conv), 'stem.norm')
  const norm = batchNorm(conv, 'stem.norm')
  const [, nonlinearity] = stem.split('-') as ['norm', Nonlinearity | undefined]
  return pool(nonlinearity ? bend(norm, `stem.${nonlinearity}`, nonlinearity) : norm)
}

/** The network without a head. Other networks extend it. */
export function buildResnet(depth: ResnetDepth, options: ResnetOptions, context: NetworkContext): Backbone {
  const { width, outputStride, padding } = options
  const { convolutions, expansion } = PLANS[depth]
  const image = input({ name: 'image', shape: [...context.input] })
  const stages = convolutions.map((count, index) => ({
    filters: expansion * width * 2 ** index,
    blocks: blocksFor(count, context),
    strides: index === 0 ? 1 : 2,
    padding,
  }))
  const features = residualStages(applyStem(image, options), stages, context, {
    stem: options.stemSize === 3 ? 1 : 4,
    most: outputStride,
  })
  return { input: image, features, output: features[`stage${stages.length}`] }
}

function resnet(depth: ResnetDepth): Network {
  return defineNetwork({
    name: `resnet${depth}`,
    package: '@onebit/networks',
    paper: { title: 'Deep Residual Learning for Image Recognition', authors: 'He et al.', year: 2016, arxiv: '1512.03385' },
    options: {
      width: { default: 64, min: 1, integer: true, description: 'channels of the first stage, a quarter of them in resnet50' },
      stem: { default: 'norm', values: RESNET_STEMS, description: 'layers around the first pooling' },
      stemSize: { default: 7, values: STEM_SIZES, description: 'first kernel: 7 with stride and pooling, 3 without' },
      outputStride: outputStrideOption,
      padding: paddingOption('symmetric'),
    },
    build: (options, context) => buildResnet(depth, options, context),
  })
}

export const resnet18: Network = resnet(18)
export const resnet34: Network = resnet(34)
export const resnet50: Network = resnet(50)

declare module '@onebit/core' {
  interface NetworkNames {
    resnet18: ResnetOptions
    resnet34: ResnetOptions
    resnet50: ResnetOptions
  }
}

/**
 * ResNet-18 and ResNet-34 for ImageNet-sized images: 7x7/2 stem, 3x3/2 max pooling, four stages of 64 to 512 channels with 4, 4, 4, 4 or
 * 6, 8, 12, 6 convolutions. The papers of one-bit networks differ in what stands around the pooling:
 *
 *   norm             BatchNorm, pooling: Bi-Real Net, arXiv 1808.00278, section 4.1
 *   norm-relu        BatchNorm, ReLU, pooling: the real network, arXiv 1512.03385
 *   norm-prelu       BatchNorm, PReLU, pooling: Real-to-Binary, arXiv 2003.11535
 *   pool-norm        pooling, BatchNorm: Group-Net, arXiv 1811.10413
 *
 * He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition (CVPR 2016), arXiv 1512.03385, table 1.
 */
import { defineNetwork, type Network } from '@onebit/core'
import { input, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, convolution, maxPool, prelu, relu } from './real-layers.ts'
import { blocksFor, type OutputStride, outputStrideOption, residualStages } from './residual-stages.ts'

const STEMS = ['norm', 'norm-relu', 'norm-prelu', 'pool-norm'] as const
export type ResnetStem = (typeof STEMS)[number]

export interface ResnetOptions {
  /** Channels of the first stage. @default 64 */
  width: number
  /** What stands around the first pooling. @default 'norm' */
  stem: ResnetStem
  /** The most by which the last feature map is smaller than the picture; strides beyond it become dilation. @default 32 */
  outputStride: OutputStride
}

function applyStem(image: SymbolicTensor, width: number, stem: ResnetStem): SymbolicTensor {
  const conv = convolution(image, 'stem.conv', width, 7, 2)
  if (stem === 'pool-norm') return batchNorm(maxPool(conv, 'stem.pool', 3, 2), 'stem.norm')
  const norm = batchNorm(conv, 'stem.norm')
  const bent = stem === 'norm-relu' ? relu(norm, 'stem.relu') : stem === 'norm-prelu' ? prelu(norm, 'stem.prelu') : norm
  return maxPool(bent, 'stem.pool', 3, 2)
}

function resnet(name: string, convolutions: readonly number[]): Network {
  return defineNetwork({
    name,
    package: '@onebit/networks',
    paper: { title: 'Deep Residual Learning for Image Recognition', authors: 'He et al.', year: 2016, arxiv: '1512.03385' },
    options: {
      width: { default: 64, min: 1, integer: true, description: 'channels of the first stage' },
      stem: { default: 'norm', values: STEMS, description: 'layers around the first pooling' },
      outputStride: outputStrideOption,
    },
    build: ({ width, stem, outputStride }, context) => {
      const image = input({ name: 'image', shape: [...context.input] })
      const stages = convolutions.map((count, index) => ({
        filters: width * 2 ** index,
        blocks: blocksFor(count, context),
        strides: index === 0 ? 1 : 2,
      }))
      const features = residualStages(applyStem(image, width, stem), stages, context, { stem: 4, most: outputStride })
      return { input: image, features, output: features[`stage${stages.length}`] }
    },
  })
}

export const resnet18: Network = resnet('resnet18', [4, 4, 4, 4])
export const resnet34: Network = resnet('resnet34', [6, 8, 12, 6])

declare module '@onebit/core' {
  interface NetworkNames {
    resnet18: ResnetOptions
    resnet34: ResnetOptions
  }
}

/**
 * VGG-small for CIFAR: six 3x3 convolutions, two each with 128, 256 and 512 channels, max pooling after each two, and one real
 * dense layer. The first convolution is real. The single convolution after it is one block, so blocks of two convolutions add
 * one.
 *
 * Zhang, Yang, Ye, Hua: LQ-Nets (ECCV 2018), arXiv 1807.10029, section 4.1, after Simonyan, Zisserman, arXiv 1409.1556.
 */
import { defineNetwork, type Network } from '@onebit/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { plainStage } from './plain-stages.ts'
import { batchNorm, convolution, relu } from './real-layers.ts'

export interface VggSmallOptions {
  /** Channels of the first convolution. @default 128 */
  width: number
}

export const vggSmall: Network = defineNetwork({
  name: 'vgg-small',
  package: '@onebit/networks',
  paper: { title: 'LQ-Nets', authors: 'Zhang et al.', year: 2018, arxiv: '1807.10029' },
  options: { width: { default: 128, min: 1, integer: true, description: 'channels of the first convolution' } },
  build: ({ width }, context) => {
    const image = input({ name: 'image', shape: [...context.input] })
    const stem = batchNorm(convolution(image, 'stem.conv', width, 3), 'stem.norm')
    const features: Record<string, SymbolicTensor> = {}
    let value = stem
    for (const [index, factor] of [1, 2, 4].entries()) {
      const name = `stage${index + 1}`
      const part = { filters: width * factor, convolutions: index === 0 ? 1 : 2, kernelSize: 3 }
      value = plainStage(value, name, [part], context, { size: 2, strides: 2 })
      features[name] = value
    }
    const last = relu(batchNorm(value, 'last.norm'), 'last.relu')
    return { input: image, features, output: layers.flatten({ name: 'flat' }).apply(last) as SymbolicTensor }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    'vgg-small': VggSmallOptions
  }
}

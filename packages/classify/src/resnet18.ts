/**
 * ResNet-18 for ImageNet-sized images: 7x7/2 stem, BatchNorm, 3x3/2 max pooling, four stages of two blocks with 64 to 512 channels.
 * The stem has no ReLU, as in Bi-Real Net. He, Zhang, Ren, Sun (CVPR 2016), arXiv 1512.03385; Liu et al., arXiv 1808.00278, section 4.1.
 */
import { defineNetwork, type Network } from '@onebit/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { residualStages } from './residual-stages.ts'

export interface Resnet18Options {
  /** Channels of the first stage. @default 64 */
  width: number
}

export const resnet18: Network = defineNetwork({
  name: 'resnet18',
  package: '@onebit/classify',
  paper: { title: 'Deep Residual Learning for Image Recognition', authors: 'He et al.', year: 2016, arxiv: '1512.03385' },
  options: { width: { default: 64, min: 1, integer: true, description: 'channels of the first stage' } },
  build: ({ width }, context) => {
    const image = input({ name: 'image', shape: [...context.input] })
    const stem = layers
      .conv2d({ name: 'stem.conv', filters: width, kernelSize: 7, strides: 2, padding: 'same', useBias: false })
      .apply(image)
    const norm = layers.batchNormalization({ name: 'stem.norm', epsilon: 1e-5, momentum: 0.9 }).apply(stem)
    const pooled = layers
      .maxPooling2d({ name: 'stem.pool', poolSize: 3, strides: 2, padding: 'same' })
      .apply(norm) as SymbolicTensor
    const plan = [1, 2, 4, 8].map((factor, index) => ({ filters: width * factor, blocks: 2, strides: index === 0 ? 1 : 2 }))
    const features = residualStages(pooled, plan, context)
    return { input: image, features, output: features.stage4 }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    resnet18: Resnet18Options
  }
}

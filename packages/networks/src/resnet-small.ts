/**
 * A family of small residual networks for small images: a real 3x3 stem, BatchNorm and 2x2 max pooling, then stages that double
 * the width and halve the size. At 28x28 and width 32 with three stages of one block: 14x14x32, 7x7x64, 4x4x128.
 */
import { type BorderPadding, defineNetwork, type Network } from '@onebit/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { paddingOption } from './real-layers.ts'
import { type OutputStride, outputStrideOption, residualStages } from './residual-stages.ts'

export interface ResnetSmallOptions {
  /** Channels of the first stage. @default 32 */
  width: number
  /** @default 3 */
  stages: number
  /** Blocks in each stage. @default 1 */
  depth: number
  /** Largest ratio between the sizes of the picture and of the last feature map. Further strides become dilation. @default 32 */
  outputStride: OutputStride
  /** Padding of windows with a stride. @default 'same' */
  padding: BorderPadding
}

export const resnetSmall: Network = defineNetwork({
  name: 'resnet-small',
  package: '@onebit/networks',
  options: {
    width: { default: 32, min: 1, integer: true, description: 'channels of the first stage' },
    stages: { default: 3, min: 1, max: 5, integer: true, description: 'stages, each twice as wide as the one before' },
    depth: { default: 1, min: 1, integer: true, description: 'blocks in each stage' },
    outputStride: outputStrideOption,
    padding: paddingOption('same'),
  },
  build: ({ width, stages, depth, outputStride, padding }, context) => {
    const image = input({ name: 'image', shape: [...context.input] })
    const stem = layers.conv2d({ name: 'stem.conv', filters: width, kernelSize: 3, padding: 'same', useBias: false }).apply(image)
    const norm = layers.batchNormalization({ name: 'stem.norm', epsilon: 1e-5, momentum: 0.9 }).apply(stem)
    const pooled = layers.maxPooling2d({ name: 'stem.pool', poolSize: 2 }).apply(norm) as SymbolicTensor
    const plan = Array.from({ length: stages }, (_, index) => ({
      filters: width * 2 ** index,
      blocks: depth,
      strides: index === 0 ? 1 : 2,
      padding,
    }))
    const features = residualStages(pooled, plan, context, { stem: 2, most: outputStride })
    return { input: image, features, output: features[`stage${stages}`] }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    'resnet-small': ResnetSmallOptions
  }
}

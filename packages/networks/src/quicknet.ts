/**
 * QuickNet: a stem of few multiplications (real 3x3/2 to a quarter of the channels, BatchNorm, ReLU; depthwise 3x3/2, BatchNorm
 * without scale and shift; 1x1 to all channels, BatchNorm), four stages of 1-bit convolutions with a shortcut each, and a last
 * ReLU.
 *
 *   Small    4, 4, 4, 4 convolutions of 32, 64, 256, 512 channels        12,655,688 parameters, 59.4 %
 *   Medium   4, 4, 4, 4 of 64, 128, 256, 512                             13,234,088, 63.3 %
 *   Large    6, 8, 12, 6 of 64, 128, 256, 512                            23,342,248, 66.9 %
 *
 * Stages after the first begin with the real transition of the block `quicknet`. The stem's weights begin with He's normal
 * distribution.
 *
 * Bannink et al.: Larq Compute Engine (MLSys 2021), arXiv 2011.09398, section 5, in the form of Larq Zoo 1.0.
 */
import { defineNetwork, type Network, OptionError } from '@onebit/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { convolution, relu } from './real-layers.ts'
import { blocksFor, type OutputStride, outputStrideOption, residualStages } from './residual-stages.ts'

export interface QuicknetOptions {
  /** Channels of the first stage, a multiple of 4. @default 64 */
  width: number
  /** Channels of each stage, as multiples of `width`. @default [1, 2, 4, 8] */
  multiples: readonly number[]
  /** 1-bit convolutions of each stage. @default [4, 4, 4, 4] */
  convolutions: readonly number[]
  /** Largest ratio between the sizes of the picture and of the last feature map. Further strides become dilation. @default 32 */
  outputStride: OutputStride
}

/**
 * A stem to `width` channels at 1/4 of the height and width. Its BatchNorms have the settings of Keras, unlike those of blocks.
 */
function applyStem(image: SymbolicTensor, width: number): SymbolicTensor {
  const conv = convolution(image, 'stem.conv', width / 4, 3, { strides: 2, kernelInitializer: 'heNormal' })
  const norm = (x: unknown, name: string, affine = true): SymbolicTensor =>
    layers.batchNormalization({ name, scale: affine, center: affine }).apply(x as SymbolicTensor) as SymbolicTensor
  const bent = relu(norm(conv, 'stem.conv.norm'), 'stem.relu')
  const options = { name: 'stem.depthwise', kernelSize: 3, strides: 2, padding: 'same', useBias: false } as const
  const depthwise = layers.depthwiseConv2d(options as never).apply(bent)
  const plain = norm(depthwise, 'stem.depthwise.norm', false)
  const mixed = convolution(plain, 'stem.pointwise', width, 1, { kernelInitializer: 'heNormal' })
  return norm(mixed, 'stem.norm')
}

const four = (description: string, standard: readonly number[]) =>
  ({ type: 'list', of: { type: 'number', min: 1, integer: true }, length: 4, default: standard, description }) as const

export const quicknet: Network = defineNetwork({
  name: 'quicknet',
  package: '@onebit/networks',
  paper: { title: 'Larq Compute Engine', authors: 'Bannink et al.', year: 2021, arxiv: '2011.09398' },
  options: {
    width: { default: 64, min: 4, integer: true, description: 'channels of the first stage, a multiple of 4' },
    multiples: four('channels of each stage, as multiples of width', [1, 2, 4, 8]),
    convolutions: four('1-bit convolutions of each stage', [4, 4, 4, 4]),
    outputStride: outputStrideOption,
  },
  build: ({ width, multiples, convolutions, outputStride }, context) => {
    if (width % 4 !== 0) {
      throw new OptionError({
        what: "QuickNet's stem begins with a quarter of its channels.",
        expected: 'a width that is a multiple of 4',
        received: `${width}`,
        fix: `Give a width of ${4 * Math.ceil(width / 4)}.`,
      })
    }
    const image = input({ name: 'image', shape: [...context.input] })
    const stages = multiples.map((multiple, index) => ({
      filters: width * multiple,
      blocks: blocksFor(convolutions[index], context),
      strides: index === 0 ? 1 : 2,
    }))
    const features = residualStages(applyStem(image, width), stages, context, { stem: 4, most: outputStride })
    return { input: image, features, output: relu(features.stage4, 'last.relu') }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    quicknet: QuicknetOptions
  }
}

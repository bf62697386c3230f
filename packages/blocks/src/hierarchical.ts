/**
 * Hierarchical, parallel and multi-scale block: three convolutions in a row, side by side in the output.
 *
 *   a = conv(x) to 1/2, b = conv(a) to 1/4, c = conv(b) to 1/4 of the channels; y = concat(a, b, c) + shortcut(x)
 *   conv:  BatchNorm -> sign -> 1-bit conv 3x3 -> PReLU
 *
 * If the channels change, the shortcut is BatchNorm -> ReLU -> real 1x1 convolution, or BatchNorm -> sign -> 1-bit 1x1
 * convolution. The paper's block keeps the size. Here a stride is 2x2 max pooling, which the paper's hourglass has between
 * blocks. The nonlinearity after the convolutions comes from arXiv 1904.05868.
 *
 * Bulat, Tzimiropoulos: Binarized Convolutional Landmark Localizers (ICCV 2017), arXiv 1703.00862, section 4; Bulat,
 * Tzimiropoulos, Kossaifi, Pantic: Improved Training of Binary Networks (2019), arXiv 1904.05868.
 */
import { type Block, defineBlock, OptionError } from '@onebit/core'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, channelsOf, maxPool, prelu, relu, slopeOption, sum } from './convolution-parts.ts'

export interface HierarchicalOptions {
  /** Precision of shortcuts that change the channels. @default 'real' */
  downsample: 'real' | 'binary'
  /** A PReLU after each convolution. @default true */
  prelu: boolean
  /** The PReLU's initial slope below zero. @default 0.25 */
  slope: number
}

export const hierarchical: Block = defineBlock({
  name: 'hierarchical',
  package: '@onebit/blocks',
  paper: {
    title: 'Binarized Convolutional Landmark Localizers',
    authors: 'Bulat and Tzimiropoulos',
    year: 2017,
    arxiv: '1703.00862',
  },
  convolutions: 3,
  options: {
    downsample: { default: 'real', values: ['real', 'binary'], description: 'precision of shortcuts that change the channels' },
    prelu: { default: true, description: 'a PReLU after each convolution' },
    slope: slopeOption,
  },
  twin: ({ prelu }) => (prelu ? 'none' : 'relu'),
  apply: ([input], { downsample, prelu: bend, slope }, context) => {
    const { name, filters, strides, dilation } = context
    if (filters % 4 !== 0) {
      throw new OptionError({
        what: `The block '${name}' divides its channels into 1/2, 1/4 and 1/4.`,
        expected: 'a multiple of 4',
        received: `${filters}`,
        fix: 'Choose another width.',
      })
    }
    const x = maxPool(input, `${name}.pool`, strides)
    const convolve = (from: SymbolicTensor, part: string, channels: number): SymbolicTensor => {
      const norm = batchNorm(from, `${name}.${part}.norm`)
      const conv = binaryConvolution({ name: `${name}.${part}`, filters: channels, dilation }, context)
      const output = conv.apply(norm) as SymbolicTensor
      return bend ? prelu(output, `${name}.${part}.prelu`, slope) : output
    }
    const project = (): SymbolicTensor => {
      if (channelsOf(x) === filters) return x
      const part = `${name}.shortcut`
      const norm = batchNorm(x, `${part}.norm`)
      if (downsample === 'binary') {
        return binaryConvolution({ name: `${part}.conv`, filters, kernelSize: 1 }, context).apply(norm) as SymbolicTensor
      }
      const conv = layers.conv2d({ name: `${part}.conv`, filters, kernelSize: 1, useBias: false })
      return conv.apply(relu(norm, `${part}.relu`)) as SymbolicTensor
    }
    const first = convolve(x, 'conv1', filters / 2)
    const second = convolve(first, 'conv2', filters / 4)
    const third = convolve(second, 'conv3', filters / 4)
    const joined = layers.concatenate({ name: `${name}.concat` }).apply([first, second, third]) as SymbolicTensor
    return [sum([joined, project()], `${name}.add`)]
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    hierarchical: HierarchicalOptions
  }
}

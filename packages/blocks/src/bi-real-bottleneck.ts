/**
 * Bi-Real Net's bottleneck, for 50 layers: three 1-bit convolutions with a shortcut each. A narrow value passes beside the wide
 * one.
 *
 *   a = BatchNorm(1-bit conv 1x1(sign(x)), to a quarter of the channels) + narrow
 *   b = BatchNorm(1-bit conv 3x3 with the stride(sign(a))) + average pooling(a)
 *   y = BatchNorm(1-bit conv 1x1(sign(b)), to all channels) + shortcut(x)      out: y, and b as the next block's `narrow`
 *
 * If the channels change, a real 1x1 convolution adapts `narrow`. The first block of a network receives no narrow value. It
 * begins with a real convolution of a leaky clip of x instead, without a shortcut. As in the released code, 1-bit convolutions
 * pad with zeros after the sign.
 *
 * Liu, Luo, Wu, Yang, Liu, Cheng: Bi-Real Net (IJCV 2020), arXiv 1811.01335, in the form of the authors' released code for 50
 * layers. That code clips beyond -1 and 1 with the slope 0.1.
 */
import { type Block, type BlockContext, defineBlock, OptionError } from '@onebit/core'
import { LeakyClip } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { averagePool, batchNorm, binaryConvolution, channelsOf, sum } from './convolution-parts.ts'
import { type Downsample, downsampleOption, shortcut } from './shortcut.ts'

type Tensor = SymbolicTensor

export interface BiRealBottleneckOptions {
  /** Kind of the wide value's shortcuts that change the shape. @default 'real' */
  downsample: Downsample
}

/** The outer channels divided by those in the middle. */
const EXPANSION = 4

const fit = (x: Tensor, name: string, filters: number): Tensor =>
  layers.conv2d({ name, filters, kernelSize: 1, useBias: false }).apply(x) as Tensor

/** The narrow value. The network's first block makes it from x alone, later ones from x and the narrow value before. */
function squeeze(x: Tensor, narrow: Tensor | undefined, name: string, filters: number, context: BlockContext): Tensor {
  if (!narrow) {
    const clipped = new LeakyClip({ name: `${name}.clip` }).apply(x) as Tensor
    const conv = binaryConvolution({ name, filters, kernelSize: 1 }, {}).apply(clipped) as Tensor
    return batchNorm(conv, `${name}.norm`)
  }
  const conv = binaryConvolution({ name, filters, kernelSize: 1 }, context).apply(x) as Tensor
  const skip = channelsOf(narrow) === filters ? narrow : fit(narrow, `${name}.shortcut.conv`, filters)
  return sum([batchNorm(conv, `${name}.norm`), skip], `${name}.add`)
}

export const biRealBottleneck: Block = defineBlock({
  name: 'bi-real-bottleneck',
  package: '@onebit/blocks',
  paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1811.01335' },
  convolutions: 3,
  options: { downsample: downsampleOption('real') },
  apply: ([input, narrow], { downsample }, context) => {
    const { name, filters, strides, dilation } = context
    const middle = filters / EXPANSION
    if (!Number.isInteger(middle)) {
      throw new OptionError({
        what: `The block '${name}' has a quarter of its channels in the middle.`,
        expected: 'a multiple of 4 output channels',
        received: `${filters}`,
        fix: 'Choose another width.',
      })
    }
    const first = squeeze(input, narrow, `${name}.conv1`, middle, context)
    const spatial = `${name}.conv2`
    const conv = binaryConvolution({ name: spatial, filters: middle, strides, dilation }, context).apply(first) as Tensor
    const pooled = averagePool(first, `${spatial}.pool`, strides)
    const second = sum([batchNorm(conv, `${spatial}.norm`), pooled], `${spatial}.add`)
    const wide = `${name}.conv3`
    const widened = binaryConvolution({ name: wide, filters, kernelSize: 1 }, context).apply(second) as Tensor
    const skip = shortcut(downsample, input, `${name}.shortcut`, context)
    return [sum([batchNorm(widened, `${wide}.norm`), skip], `${wide}.add`), second]
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    'bi-real-bottleneck': BiRealBottleneckOptions
  }
}

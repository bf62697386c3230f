/**
 * The basic residual block, and its plain binarized form.
 *
 *   real      conv 3x3 -> BatchNorm -> ReLU -> conv 3x3 -> BatchNorm -> + shortcut(x) -> ReLU
 *   binary    sign -> 1-bit conv 3x3 -> BatchNorm, twice, then + shortcut(x): signs replace the ReLUs
 *
 * If the shape changes, the default shortcut is a 1x1 convolution with the stride and a BatchNorm.
 *
 * He, Zhang, Ren, Sun: Deep Residual Learning (CVPR 2016), arXiv 1512.03385, section 3.3. Binarized as in Hubara, Courbariaux,
 * Soudry, El-Yaniv, Bengio: Binarized Neural Networks (NIPS 2016), arXiv 1602.02830.
 */
import { type Block, defineBlock } from '@onebit/core'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, relu, sum } from './convolution-parts.ts'
import { type Downsample, downsampleOption, shortcut } from './shortcut.ts'

export interface BasicOptions {
  /** Kind of the shortcuts that change the shape. @default 'strided' */
  downsample: Downsample
}

export const basic: Block = defineBlock({
  name: 'basic',
  package: '@onebit/blocks',
  paper: { title: 'Deep Residual Learning for Image Recognition', authors: 'He et al.', year: 2016, arxiv: '1512.03385' },
  convolutions: 2,
  // With real activations, the block has the ReLUs of its paper.
  twin: () => 'none',
  options: { downsample: downsampleOption('strided') },
  apply: ([input], { downsample }, context) => {
    const { name, filters, strides, dilation, activation } = context
    const rectify = (x: SymbolicTensor, part: string): SymbolicTensor => (activation ? x : relu(x, `${name}.${part}`))
    const convolve = (x: SymbolicTensor, part: string, stride: number): SymbolicTensor => {
      const conv = binaryConvolution({ name: `${name}.${part}`, filters, strides: stride, dilation }, context)
      return batchNorm(conv.apply(x) as SymbolicTensor, `${name}.${part}.norm`)
    }
    const first = rectify(convolve(input, 'conv1', strides), 'relu1')
    return [
      rectify(
        sum([convolve(first, 'conv2', 1), shortcut(downsample, input, `${name}.shortcut`, context)], `${name}.add`),
        'relu2',
      ),
    ]
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    basic: BasicOptions
  }
}

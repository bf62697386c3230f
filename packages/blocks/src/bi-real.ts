/**
 * Bi-Real block: every 1-bit convolution has a shortcut of its own, so real activations flow past each sign.
 *
 *   x -> sign -> 1-bit conv 3x3 -> BatchNorm -> + shortcut(x)      twice, the stride in the first
 *
 * No ReLU and no PReLU. The downsampling shortcut is real: pooling, 1x1 convolution, BatchNorm. Borders are padded with zeros after
 * the sign.
 *
 * Liu, Wu, Luo, Yang, Liu, Cheng: Bi-Real Net (ECCV 2018), arXiv 1808.00278, section 3.2 and figure 3.
 */
import { type Block, defineBlock } from '@onebit/core'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, sum } from './convolution-parts.ts'
import { realDownsample } from './real-downsample.ts'

export const biReal: Block = defineBlock({
  name: 'bi-real',
  package: '@onebit/blocks',
  paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' },
  convolutions: 2,
  apply: ([input], _, context) => {
    const { name, filters, dilation } = context
    const half = (x: SymbolicTensor, part: string, strides: number): SymbolicTensor => {
      const layer = `${name}.${part}`
      const conv = binaryConvolution({ name: layer, filters, strides, dilation }, context).apply(x) as SymbolicTensor
      const shortcut = realDownsample(x, `${layer}.shortcut`, filters, strides)
      return sum([batchNorm(conv, `${layer}.norm`), shortcut], `${layer}.add`)
    }
    return [half(half(input, 'conv1', context.strides), 'conv2', 1)]
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    'bi-real': Record<never, never>
  }
}

/**
 * Bi-Real block. Every 1-bit convolution has its own shortcut, so real activations flow past each sign.
 *
 *   x -> sign -> 1-bit conv 3x3 -> BatchNorm -> + shortcut(x)      twice, the stride in the first
 *
 * No ReLU and no PReLU. The downsampling shortcut is real by default: pooling, 1x1 convolution, BatchNorm. Borders are padded
 * with zeros after the sign.
 *
 * Liu, Wu, Luo, Yang, Liu, Cheng: Bi-Real Net (ECCV 2018), arXiv 1808.00278, section 3.2 and figure 3.
 */
import { type Block, defineBlock } from '@onebit/core'
import { type Downsample, downsampleOption } from './shortcut.ts'
import { shortcutPerConvolution } from './shortcut-per-convolution.ts'

export interface BiRealOptions {
  /** Kind of the shortcuts that change the shape. @default 'real' */
  downsample: Downsample
}

export const biReal: Block = defineBlock({
  name: 'bi-real',
  package: '@onebit/blocks',
  paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' },
  convolutions: 2,
  options: { downsample: downsampleOption('real') },
  apply: ([input], { downsample }, context) => [shortcutPerConvolution(input, downsample, context)],
})

declare module '@onebit/core' {
  interface BlockNames {
    'bi-real': BiRealOptions
  }
}

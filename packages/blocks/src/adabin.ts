/**
 * AdaBin's block: a shortcut for each convolution, and a Maxout, which learns one slope below zero and one above.
 *
 *   x -> two levels -> two-level conv 3x3 -> BatchNorm -> + shortcut(x) -> Maxout      twice, the stride in the first
 *
 * Activations and weights are both the quantizer `adabin`. If the shape changes, the released code uses the shortcut `real` for
 * ImageNet and `padded` for CIFAR-10. Borders are padded with zeros after the quantizer.
 *
 * Tu, Chen, Ren, Wang: AdaBin (ECCV 2022), arXiv 2208.08084, section 3.4, in the form of the authors' released code.
 */
import { type Block, defineBlock } from '@onebit/core'
import { Maxout } from '@onebit/layers'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { type Downsample, downsampleOption } from './shortcut.ts'
import { shortcutPerConvolution } from './shortcut-per-convolution.ts'

export interface AdabinBlockOptions {
  /** Kind of the shortcuts that change the shape. @default 'real' */
  downsample: Downsample
}

export const adabin: Block = defineBlock({
  name: 'adabin',
  package: '@onebit/blocks',
  paper: { title: 'AdaBin', authors: 'Tu et al.', year: 2022, arxiv: '2208.08084' },
  convolutions: 2,
  // The float network has Maxouts too.
  twin: () => 'none',
  options: { downsample: downsampleOption('real') },
  apply: ([input], { downsample }, context) => [
    shortcutPerConvolution(input, downsample, context, (value, name) => {
      return new Maxout({ name: `${name}.maxout` }).apply(value) as SymbolicTensor
    }),
  ],
})

declare module '@onebit/core' {
  interface BlockNames {
    adabin: AdabinBlockOptions
  }
}

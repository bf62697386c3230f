/**
 * IR-Net's block: a shortcut for each convolution, and a clip to [-1, 1] as the nonlinearity.
 *
 *   x -> sign -> 1-bit conv 3x3 -> BatchNorm -> + shortcut(x) -> Hardtanh      twice, the stride in the first
 *
 * Its quantizers are `libra` for weights and `ede-sign` for activations. If the shape changes, the released code uses the
 * shortcut `strided` for ImageNet and `padded` for CIFAR-10. Borders are padded with zeros after the sign.
 *
 * Qin, Gong, Liu, Shen, Wei, Yu, Song: Forward and Backward Information Retention (IR-Net, CVPR 2020), arXiv 1909.10788, in the
 * form of the authors' released code.
 */
import { type Block, defineBlock } from '@onebit/core'
import { LeakyClip } from '@onebit/layers'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { type Downsample, downsampleOption } from './shortcut.ts'
import { shortcutPerConvolution } from './shortcut-per-convolution.ts'

export interface IrNetOptions {
  /** Kind of the shortcuts that change the shape. @default 'strided' */
  downsample: Downsample
}

export const irNet: Block = defineBlock({
  name: 'ir-net',
  package: '@onebit/blocks',
  paper: { title: 'IR-Net', authors: 'Qin et al.', year: 2020, arxiv: '1909.10788' },
  convolutions: 2,
  // The float network has clips too.
  twin: () => 'none',
  options: { downsample: downsampleOption('strided') },
  apply: ([input], { downsample }, context) => [
    shortcutPerConvolution(input, downsample, context, (value, name) => {
      return new LeakyClip({ name: `${name}.clip`, slope: 0 }).apply(value) as SymbolicTensor
    }),
  ],
})

declare module '@onebit/core' {
  interface BlockNames {
    'ir-net': IrNetOptions
  }
}

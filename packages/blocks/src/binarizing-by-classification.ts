/**
 * The block of Binarizing by Classification: Bi-Real Net's with a PReLU after each sum.
 *
 *   x -> sign -> 1-bit conv 3x3 -> BatchNorm -> + shortcut(x) -> PReLU      twice, the stride in the first
 *
 * Its quantizers are `approx-sign` for activations and `mlp-classifier` for weights; the downsampling shortcut is real. Borders
 * are padded with zeros after the sign.
 *
 * He, Zhang, Wu, Zhou: Binarizing by Classification (IEEE TCSVT 2023), arXiv 2205.07433, in the form of the authors' released
 * code.
 */
import { type Block, defineBlock } from '@onebit/core'
import { prelu, slopeOption } from './convolution-parts.ts'
import { type Downsample, downsampleOption } from './shortcut.ts'
import { shortcutPerConvolution } from './shortcut-per-convolution.ts'

export interface BinarizingByClassificationOptions {
  /** Kind of the shortcuts that change the shape. @default 'real' */
  downsample: Downsample
  /** Initial slope of the PReLUs below zero. @default 0.25 */
  slope: number
}

export const binarizingByClassification: Block = defineBlock({
  name: 'binarizing-by-classification',
  package: '@onebit/blocks',
  paper: { title: 'Binarizing by Classification', authors: 'He et al.', year: 2022, arxiv: '2205.07433' },
  convolutions: 2,
  // The float network has PReLUs too.
  twin: () => 'none',
  options: { downsample: downsampleOption('real'), slope: slopeOption },
  apply: ([input], { downsample, slope }, context) => [
    shortcutPerConvolution(input, downsample, context, (value, name) => prelu(value, `${name}.prelu`, slope)),
  ],
})

declare module '@onebit/core' {
  interface BlockNames {
    'binarizing-by-classification': BinarizingByClassificationOptions
  }
}

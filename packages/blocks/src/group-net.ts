/**
 * Group-Net: a real layer, or a real block, as the combination of K binary ones.
 *
 *   group   x_k = g b_k + (1 - g) m, one learned gate g for the block; without incoming bases, x_k = m
 *           o_k = BatchNorm(ReLU(1-bit conv 3x3(sign(x_k)))) + shortcut(x_k)      twice, the stride in the first
 *           out: the mean of the o_k, or their sum with learned scales, as m; and the o_k as the next block's b_k
 *   layer   every convolution is the sum of K 1-bit ones on the same input, with learned scales; no gates
 *
 * Borders are padded with +1, so only -1 and +1 enter a 1-bit convolution. If the shape changes, all bases share one shortcut:
 * 1-bit 1x1 convolution and BatchNorm, or the real one. In dilated blocks, base k may dilate by k `dilationStep` more: binary
 * parallel atrous convolution. As in the authors' released code, only the first block has no gate, because it reads no bases.
 * The mean in that code also adds into the first base; here the bases do not change.
 *
 * Zhuang, Shen, Tan, Liu, Reid: Structured Binary Neural Networks (CVPR 2019), arXiv 1811.10413, and its extension, arXiv
 * 1909.09934. The default mean is from the extension.
 */
import { type Block, type BlockContext, defineBlock } from '@onebit/core'
import { ScaledSum } from '@onebit/layers'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { sum } from './convolution-parts.ts'
import { baseConvolution, type GroupOptions, groupOfBases, groupOptions, rectified, sharedShortcut } from './group-of-bases.ts'

type Tensor = SymbolicTensor

export interface GroupNetOptions extends GroupOptions {
  /** The replicated part: both convolutions of the block together, or each convolution. @default 'group' */
  decomposition: 'group' | 'layer'
}

/** A block in which each convolution is decomposed. */
function decomposeLayers(input: Tensor, { bases, downsample }: GroupNetOptions, context: BlockContext): Tensor {
  const half = (x: Tensor, part: string, strides: number, skip: Tensor): Tensor => {
    const name = `${context.name}.${part}`
    const { filters, dilation } = context
    const terms = Array.from({ length: bases }, (_, k) =>
      baseConvolution(x, { name: `${name}.base${k + 1}`, filters, strides, dilation }, context),
    )
    const combined = terms.length === 1 ? terms[0] : (new ScaledSum({ name: `${name}.sum` }).apply(terms) as Tensor)
    return sum([rectified(combined, name), skip], `${name}.add`)
  }
  const first = half(input, 'conv1', context.strides, sharedShortcut(input, downsample, context)(input))
  return half(first, 'conv2', 1, first)
}

/** A block that is replicated as a whole. Returns the combined value, then the bases. */
function decomposeGroup(inputs: readonly Tensor[], options: GroupNetOptions, context: BlockContext): Tensor[] {
  const { filters, strides } = context
  return groupOfBases(inputs, options, context, (x, skipped, { name, dilation }) => {
    const half = (from: Tensor, part: string, stride: number, residual: Tensor): Tensor => {
      const layer = `${name}.${part}`
      const conv = baseConvolution(from, { name: layer, filters, strides: stride, dilation }, context)
      return sum([rectified(conv, layer), residual], `${layer}.add`)
    }
    const first = half(x, 'conv1', strides, skipped)
    return half(first, 'conv2', 1, first)
  })
}

export const groupNet: Block = defineBlock({
  name: 'group-net',
  package: '@onebit/blocks',
  paper: { title: 'Structured Binary Neural Networks', authors: 'Zhuang et al.', year: 2019, arxiv: '1811.10413' },
  convolutions: 2,
  // The float network has ReLUs after the convolutions too.
  twin: () => 'none',
  options: {
    ...groupOptions,
    decomposition: { default: 'group', values: ['group', 'layer'], description: 'replicate blocks or layers' },
  },
  apply: (inputs, options, context) =>
    options.decomposition === 'layer' ? [decomposeLayers(inputs[0], options, context)] : decomposeGroup(inputs, options, context),
})

declare module '@onebit/core' {
  interface BlockNames {
    'group-net': GroupNetOptions
  }
}

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
 * parallel atrous convolution. The authors' released code has no gates in the whole first stage; here only the first block has
 * none, because it reads no bases.
 *
 * Zhuang, Shen, Tan, Liu, Reid: Structured Binary Neural Networks (CVPR 2019), arXiv 1811.10413, and its extension, arXiv
 * 1909.09934. The default mean is from the extension.
 */
import { type Block, type BlockContext, defineBlock } from '@onebit/core'
import { ScaledSum, SoftGate } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { averagePool, batchNorm, binaryConvolution, channelsOf, relu, sum } from './convolution-parts.ts'

type Tensor = SymbolicTensor
type Map = (input: Tensor) => Tensor

export interface GroupNetOptions {
  /** K. @default 5 */
  bases: number
  /** The replicated part: both convolutions of the block together, or each convolution. @default 'group' */
  decomposition: 'group' | 'layer'
  /** How the bases of a group become one value. @default 'mean' */
  combination: 'mean' | 'learned'
  /** Learned soft connections between groups. @default true */
  gates: boolean
  /** Precision of shortcuts that change the shape. @default 'binary' */
  downsample: 'real' | 'binary'
  /** In dilated blocks, the difference in dilation between a base and the next. @default 0 */
  dilationStep: number
}

/** Makes the shortcut's layers once, so that all bases share them. */
function sharedShortcut(input: Tensor, downsample: 'real' | 'binary', context: BlockContext): Map {
  const { filters, strides } = context
  if (strides === 1 && channelsOf(input) === filters) return (x) => x
  const name = `${context.name}.shortcut`
  const norm = layers.batchNormalization({ name: `${name}.norm`, epsilon: 1e-5, momentum: 0.9 })
  if (downsample === 'binary') {
    const conv = binaryConvolution({ name: `${name}.conv`, filters, kernelSize: 1, strides }, context)
    return (x) => norm.apply(conv.apply(x)) as Tensor
  }
  let pools = 0
  const conv = layers.conv2d({ name: `${name}.conv`, filters, kernelSize: 1, useBias: false })
  return (x) => norm.apply(conv.apply(averagePool(x, `${name}.pool${++pools}`, strides))) as Tensor
}

function convolution(name: string, strides: number, dilation: number, context: BlockContext): Map {
  return (x) => {
    const conv = binaryConvolution({ name, filters: context.filters, strides, dilation, paddingValue: 'one' }, context)
    return conv.apply(x) as Tensor
  }
}

/** A block in which each convolution is decomposed. */
function decomposeLayers(input: Tensor, { bases, downsample }: GroupNetOptions, context: BlockContext): Tensor {
  const half = (x: Tensor, part: string, strides: number, skip: Tensor): Tensor => {
    const name = `${context.name}.${part}`
    const terms = Array.from({ length: bases }, (_, k) =>
      convolution(`${name}.base${k + 1}`, strides, context.dilation, context)(x),
    )
    const combined = terms.length === 1 ? terms[0] : (new ScaledSum({ name: `${name}.sum` }).apply(terms) as Tensor)
    return sum([batchNorm(relu(combined, `${name}.relu`), `${name}.norm`), skip], `${name}.add`)
  }
  const first = half(input, 'conv1', context.strides, sharedShortcut(input, downsample, context)(input))
  return half(first, 'conv2', 1, first)
}

/** A block that is replicated as a whole. Returns the combined value, then the bases. */
function decomposeGroup([main, ...previous]: readonly Tensor[], options: GroupNetOptions, context: BlockContext): Tensor[] {
  const { bases, combination, gates, downsample, dilationStep } = options
  const { name, strides } = context
  const skip = sharedShortcut(main, downsample, context)
  const gate = gates && previous.length === bases ? new SoftGate({ name: `${name}.gate` }) : undefined
  const outputs = Array.from({ length: bases }, (_, k) => {
    const dilation = context.dilation + (context.dilation > 1 ? k * dilationStep : 0)
    const half = (x: Tensor, part: string, stride: number, residual: Tensor): Tensor => {
      const layer = `${name}.base${k + 1}.${part}`
      const conv = convolution(layer, stride, dilation, context)(x)
      return sum([batchNorm(relu(conv, `${layer}.relu`), `${layer}.norm`), residual], `${layer}.add`)
    }
    const x = gate ? (gate.apply([previous[k], main]) as Tensor) : main
    const first = half(x, 'conv1', strides, skip(x))
    return half(first, 'conv2', 1, first)
  })
  if (bases === 1) return [outputs[0], ...outputs]
  const combine = combination === 'mean' ? layers.average({ name: `${name}.mean` }) : new ScaledSum({ name: `${name}.sum` })
  return [combine.apply(outputs) as Tensor, ...outputs]
}

export const groupNet: Block = defineBlock({
  name: 'group-net',
  package: '@onebit/blocks',
  paper: { title: 'Structured Binary Neural Networks', authors: 'Zhuang et al.', year: 2019, arxiv: '1811.10413' },
  convolutions: 2,
  // The float network has ReLUs after the convolutions too.
  twin: () => 'none',
  options: {
    bases: { default: 5, min: 1, max: 16, integer: true, description: 'K, the number of binary bases per real convolution' },
    decomposition: { default: 'group', values: ['group', 'layer'], description: 'replicate blocks or layers' },
    combination: { default: 'mean', values: ['mean', 'learned'], description: 'combination of the bases of a group' },
    gates: { default: true, description: 'learned soft connections between groups' },
    downsample: { default: 'binary', values: ['real', 'binary'], description: 'precision of shortcuts that change the shape' },
    dilationStep: {
      default: 0,
      min: 0,
      max: 8,
      integer: true,
      description: 'difference of dilation between the bases of a dilated block',
    },
  },
  apply: (inputs, options, context) =>
    options.decomposition === 'layer' ? [decomposeLayers(inputs[0], options, context)] : decomposeGroup(inputs, options, context),
})

declare module '@onebit/core' {
  interface BlockNames {
    'group-net': GroupNetOptions
  }
}

/**
 * XNOR-Net's order of layers, where normalization comes first so that signs see centered values.
 *
 *   x -> BatchNorm -> sign -> 1-bit conv 3x3 -> times K(BatchNorm's output)    twice, the stride in the first; then + shortcut(x)
 *
 * K, the scale of the input, may be left out; alpha, the scale of the weights, is the weight quantizer's. An optional ReLU follows each
 * convolution. The shortcut spans both convolutions; across a change of shape it is real, or 1-bit.
 *
 * Rastegari, Ordonez, Redmon, Farhadi: XNOR-Net (ECCV 2016), arXiv 1603.05279, section 3.2 and figure 3.
 */
import { type Block, type BlockContext, defineBlock } from '@onebit/core'
import { InputScale } from '@onebit/layers'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, relu, sum } from './convolution-parts.ts'
import { type Downsample, downsampleOption, shortcut } from './shortcut.ts'

interface UnitOptions {
  /** Multiply by K, the scale of the input. @default true */
  inputScale: boolean
  /** A ReLU after each convolution. @default false */
  relu: boolean
}

export interface XnorBlockOptions extends UnitOptions {
  /** What shortcuts are that change the shape. @default 'real' */
  downsample: Downsample
}

export interface XnorPlainOptions extends UnitOptions {
  /** @default 3 */
  kernelSize: number
}

const unitOptions = {
  inputScale: { default: true, description: 'multiply by K, the scale of the input' },
  relu: { default: false, description: 'a ReLU after each convolution' },
} as const

function unit(
  input: SymbolicTensor,
  name: string,
  { inputScale, relu: rectified, kernelSize = 3, strides = 1 }: UnitOptions & { kernelSize?: number; strides?: number },
  context: BlockContext,
): SymbolicTensor {
  const { filters, dilation, activation } = context
  const norm = batchNorm(input, `${name}.norm`)
  const conv = binaryConvolution({ name, filters, kernelSize, strides, dilation }, context)
  let output = conv.apply(norm) as SymbolicTensor
  if (inputScale && activation) {
    const scale = new InputScale({ name: `${name}.scale`, kernelSize, strides, dilationRate: dilation })
    output = scale.apply([output, norm]) as SymbolicTensor
  }
  return rectified ? relu(output, `${name}.relu`) : output
}

const paper = { title: 'XNOR-Net', authors: 'Rastegari et al.', year: 2016, arxiv: '1603.05279' }

export const xnor: Block = defineBlock({
  name: 'xnor',
  package: '@onebit/blocks',
  paper,
  convolutions: 2,
  options: { ...unitOptions, downsample: downsampleOption('real') },
  apply: ([input], { downsample, ...options }, context) => {
    const { name, strides } = context
    const first = unit(input, `${name}.conv1`, { ...options, strides }, context)
    const second = unit(first, `${name}.conv2`, options, context)
    return [sum([second, shortcut(downsample, input, `${name}.shortcut`, context)], `${name}.add`)]
  },
})

/** One unit without a shortcut, what AlexNet and VGG networks are made of. */
export const xnorPlain: Block = defineBlock({
  name: 'xnor-plain',
  package: '@onebit/blocks',
  paper,
  convolutions: 1,
  options: { ...unitOptions, kernelSize: { default: 3, min: 1, max: 15, integer: true, description: 'size of the kernel' } },
  apply: ([input], options, context) => [unit(input, `${context.name}.conv`, { ...options, strides: context.strides }, context)],
})

declare module '@onebit/core' {
  interface BlockNames {
    xnor: XnorBlockOptions
    'xnor-plain': XnorPlainOptions
  }
}

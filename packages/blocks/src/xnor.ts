/**
 * XNOR-Net's order of layers. Normalization comes first, so signs see centered values.
 *
 *   x -> BatchNorm -> sign -> 1-bit conv 3x3 -> times K(BatchNorm's output)    twice, the stride in the first; then + shortcut(x)
 *
 * K, the scale of the input, is optional; alpha, the scale of the weights, belongs to the weight quantizer. A ReLU or a PReLU may
 * follow each convolution. The shortcut spans both convolutions.
 *
 * Rastegari, Ordonez, Redmon, Farhadi: XNOR-Net (ECCV 2016), arXiv 1603.05279, section 3.2 and figure 3. With `nonlinearity:
 * 'prelu'` and without K, these are the blocks of ResNet-18 and AlexNet in Bulat, Tzimiropoulos, Kossaifi, Pantic: Improved
 * Training of Binary Networks (2019), arXiv 1904.05868. A ReLU would remove one of the two states.
 */
import { type Block, type BlockContext, defineBlock } from '@onebit/core'
import { InputScale } from '@onebit/layers'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, prelu, relu, slopeOption, sum } from './convolution-parts.ts'
import { type Downsample, downsampleOption, shortcut } from './shortcut.ts'

interface UnitOptions {
  /** Multiply by K, the scale of the input. @default true */
  inputScale: boolean
  /** Layer after each convolution. @default 'none' */
  nonlinearity: 'none' | 'relu' | 'prelu'
  /** Initial slope of a PReLU below zero. @default 0.25 */
  slope: number
  /** What BatchNorm adds to variances; the released code has 0.0001. @default 0.00001 */
  epsilon: number
}

export interface XnorBlockOptions extends UnitOptions {
  /** Kind of the shortcuts that change the shape. @default 'real' */
  downsample: Downsample
}

export interface XnorPlainOptions extends UnitOptions {
  /** @default 3 */
  kernelSize: number
}

const unitOptions = {
  inputScale: { default: true, description: 'multiply by K, the scale of the input' },
  nonlinearity: { default: 'none', values: ['none', 'relu', 'prelu'], description: 'nonlinearity after each convolution' },
  slope: slopeOption,
  epsilon: { default: 1e-5, min: 0, exclusive: 'min', description: 'what BatchNorm adds to variances' },
} as const

function unit(
  input: SymbolicTensor,
  name: string,
  {
    inputScale,
    nonlinearity,
    slope,
    epsilon,
    kernelSize = 3,
    strides = 1,
  }: UnitOptions & { kernelSize?: number; strides?: number },
  context: BlockContext,
): SymbolicTensor {
  const { filters, dilation, padding, activation } = context
  const norm = batchNorm(input, `${name}.norm`, epsilon)
  const conv = binaryConvolution({ name, filters, kernelSize, strides, dilation }, context)
  let output = conv.apply(norm) as SymbolicTensor
  // Real inputs have no scale.
  if (inputScale && activation && activation.plugin.thresholds !== 'none') {
    const scale = new InputScale({ name: `${name}.scale`, kernelSize, strides, dilationRate: dilation, padding })
    output = scale.apply([output, norm]) as SymbolicTensor
  }
  if (nonlinearity === 'none') return output
  return nonlinearity === 'relu' ? relu(output, `${name}.relu`) : prelu(output, `${name}.prelu`, slope)
}

const paper = { title: 'XNOR-Net', authors: 'Rastegari et al.', year: 2016, arxiv: '1603.05279' }

export const xnor: Block = defineBlock({
  name: 'xnor',
  package: '@onebit/blocks',
  paper,
  convolutions: 2,
  twin: ({ nonlinearity }) => (nonlinearity === 'none' ? 'relu' : 'none'),
  options: { ...unitOptions, downsample: downsampleOption('real') },
  apply: ([input], { downsample, ...options }, context) => {
    const { name, strides } = context
    const first = unit(input, `${name}.conv1`, { ...options, strides }, context)
    const second = unit(first, `${name}.conv2`, options, context)
    return [sum([second, shortcut(downsample, input, `${name}.shortcut`, context)], `${name}.add`)]
  },
})

/** One unit without a shortcut, the building block of AlexNet and VGG networks. */
export const xnorPlain: Block = defineBlock({
  name: 'xnor-plain',
  package: '@onebit/blocks',
  paper,
  convolutions: 1,
  options: {
    ...unitOptions,
    kernelSize: { default: 3, min: 1, max: 15, integer: true, description: 'height and width of the kernel' },
  },
  twin: ({ nonlinearity }) => (nonlinearity === 'none' ? 'relu' : 'none'),
  apply: ([input], options, context) => [unit(input, `${context.name}.conv`, { ...options, strides: context.strides }, context)],
})

declare module '@onebit/core' {
  interface BlockNames {
    xnor: XnorBlockOptions
    'xnor-plain': XnorPlainOptions
  }
}

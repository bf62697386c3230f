/**
 * ReActNet's block, in its ResNet and its MobileNet form.
 *
 *   resnet     shift -> sign -> 1-bit conv 3x3 -> BatchNorm -> + shortcut(x) -> RPReLU      twice, the stride in the first
 *   mobilenet  shift -> sign -> 1-bit conv 3x3 -> BatchNorm -> + average pooling(x) -> RPReLU
 *              shift -> sign -> 1-bit conv 1x1 -> BatchNorm -> + x -> RPReLU
 *
 * Shift and sign together are the quantizer `rsign`. In the MobileNet form the first half keeps the channels; where the second doubles
 * them, two 1x1 convolutions, each with its shortcut, lie side by side. Borders are padded with zeros after the sign.
 *
 * Liu, Shen, Savvides, Cheng: ReActNet (ECCV 2020), arXiv 2003.03488, sections 4.1 and 4.2, figure 2.
 */
import { type Block, type BlockContext, defineBlock, OptionError } from '@onebit/core'
import { RPReLU } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { averagePool, batchNorm, binaryConvolution, channelsOf, sum } from './convolution-parts.ts'
import { realDownsample } from './real-downsample.ts'

type Tensor = SymbolicTensor

export interface ReactOptions {
  /** @default 'resnet' */
  form: 'resnet' | 'mobilenet'
}

const bend = (x: Tensor, name: string): Tensor => new RPReLU({ name }).apply(x) as Tensor

function resnetForm(input: Tensor, context: BlockContext): Tensor {
  const { filters, dilation } = context
  const half = (x: Tensor, part: string, strides: number): Tensor => {
    const name = `${context.name}.${part}`
    const conv = binaryConvolution({ name, filters, strides, dilation }, context).apply(x) as Tensor
    const skip = realDownsample(x, `${name}.shortcut`, filters, strides)
    return bend(sum([batchNorm(conv, `${name}.norm`), skip], `${name}.add`), `${name}.rprelu`)
  }
  return half(half(input, 'conv1', context.strides), 'conv2', 1)
}

function mobilenetForm(input: Tensor, context: BlockContext): Tensor {
  const { name, filters, strides, dilation } = context
  const channels = channelsOf(input)
  const paths = filters / channels
  if (!Number.isInteger(paths)) {
    throw new OptionError({
      what: `The block '${name}' copies its ${channels} channels side by side.`,
      expected: `a multiple of ${channels} output channels`,
      received: `${filters}`,
      fix: "Choose another width, or the form 'resnet'.",
    })
  }
  const spatial = `${name}.conv1`
  const conv = binaryConvolution({ name: spatial, filters: channels, strides, dilation }, context).apply(input) as Tensor
  const pooled = averagePool(input, `${spatial}.pool`, strides)
  const middle = bend(sum([batchNorm(conv, `${spatial}.norm`), pooled], `${spatial}.add`), `${spatial}.rprelu`)

  const pointwise = Array.from({ length: paths }, (_, index) => {
    const path = paths === 1 ? `${name}.conv2` : `${name}.conv2.path${index + 1}`
    const mixed = binaryConvolution({ name: path, filters: channels, kernelSize: 1 }, context).apply(middle) as Tensor
    return sum([batchNorm(mixed, `${path}.norm`), middle], `${path}.add`)
  })
  const joined = paths === 1 ? pointwise[0] : (layers.concatenate({ name: `${name}.concat` }).apply(pointwise) as Tensor)
  return bend(joined, `${name}.conv2.rprelu`)
}

export const react: Block = defineBlock({
  name: 'react',
  package: '@onebit/blocks',
  paper: { title: 'ReActNet', authors: 'Liu et al.', year: 2020, arxiv: '2003.03488' },
  convolutions: 2,
  // RPReLUs are in the float network too.
  twin: () => 'none',
  options: { form: { default: 'resnet', values: ['resnet', 'mobilenet'], description: 'which of the two blocks of the paper' } },
  apply: ([input], { form }, context) => [form === 'resnet' ? resnetForm(input, context) : mobilenetForm(input, context)],
})

declare module '@onebit/core' {
  interface BlockNames {
    react: ReactOptions
  }
}

/**
 * ReActNet's block, in its ResNet and its MobileNet form.
 *
 *   resnet     shift -> sign -> 1-bit conv 3x3 -> BatchNorm -> + shortcut(x) -> RPReLU      twice, the stride in the first
 *   mobilenet  shift -> sign -> 1-bit conv 3x3 -> BatchNorm -> + average pooling(x) -> RPReLU
 *              shift -> sign -> 1-bit conv 1x1 -> BatchNorm -> + x -> RPReLU
 *
 * Shift and sign together are the quantizer `rsign`. In the MobileNet form, the first half keeps the channels. If the second half
 * doubles them, it is two 1x1 convolutions of the same bits side by side, each with its shortcut. `conv2` holds both, the
 * released code's `binary_pw_down1` and then `binary_pw_down2`; `conv2.norm` holds `bn2_1` and `bn2_2`. The result is the same as
 * long as the weight quantizer treats each output channel on its own. Borders are padded with zeros after the sign.
 *
 * Liu, Shen, Savvides, Cheng: ReActNet (ECCV 2020), arXiv 2003.03488, sections 4.1 and 4.2, figure 2.
 */
import { type Block, type BlockContext, defineBlock, OptionError } from '@onebit/core'
import { RPReLU } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { averagePool, batchNorm, binaryConvolution, channelsOf, slopeOption, sum } from './convolution-parts.ts'
import { shortcutPerConvolution } from './shortcut-per-convolution.ts'

type Tensor = SymbolicTensor

export interface ReactOptions {
  /** @default 'resnet' */
  form: 'resnet' | 'mobilenet'
  /** Initial slope of the RPReLUs below zero. @default 0.25 */
  slope: number
}

const bend = (x: Tensor, name: string, initialSlope: number): Tensor => new RPReLU({ name, initialSlope }).apply(x) as Tensor

/** The same channels several times, side by side. */
function copyChannels(x: Tensor, name: string, times: number): Tensor {
  if (times === 1) return x
  // TensorFlow.js frees a value too early if one layer takes it twice, so each further copy passes through its own layer.
  const others = Array.from({ length: times - 1 }, (_, index) =>
    layers.activation({ name: `${name}.other${index + 1}`, activation: 'linear' }).apply(x),
  )
  return layers.concatenate({ name }).apply([x, ...(others as Tensor[])]) as Tensor
}

function mobilenetForm(input: Tensor, slope: number, context: BlockContext): Tensor {
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
  const middle = bend(sum([batchNorm(conv, `${spatial}.norm`), pooled], `${spatial}.add`), `${spatial}.rprelu`, slope)

  // One convolution holds both paths, the first path in its first outputs, so that they share one shift and one sign.
  const mixing = `${name}.conv2`
  const mixed = binaryConvolution({ name: mixing, filters, kernelSize: 1 }, context).apply(middle) as Tensor
  const skip = copyChannels(middle, `${mixing}.copies`, paths)
  return bend(sum([batchNorm(mixed, `${mixing}.norm`), skip], `${mixing}.add`), `${mixing}.rprelu`, slope)
}

export const react: Block = defineBlock({
  name: 'react',
  package: '@onebit/blocks',
  paper: { title: 'ReActNet', authors: 'Liu et al.', year: 2020, arxiv: '2003.03488' },
  convolutions: 2,
  // The float network has RPReLUs too.
  twin: () => 'none',
  options: {
    form: { default: 'resnet', values: ['resnet', 'mobilenet'], description: 'variant of the block in the paper' },
    slope: slopeOption,
  },
  apply: ([input], { form, slope }, context) => {
    return [
      form === 'mobilenet'
        ? mobilenetForm(input, slope, context)
        : shortcutPerConvolution(input, 'real', context, (value, name) => bend(value, `${name}.rprelu`, slope)),
    ]
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    react: ReactOptions
  }
}

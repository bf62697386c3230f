/**
 * BNext's block: a 3x3 and a 1x1 half, each of which gates its convolution by what came in and what came out.
 *
 *   half       r = x (average pooled with a stride)
 *              c = PReLU(BatchNorm(1-bit conv(sign(x))))
 *              m = s r + (1 - s) c, s learned per channel         the recoupling of information
 *              y = BatchNorm(gate(m) c) + r                       gate: mean, dense to an eighth, ReLU, dense, sigmoid, with biases
 *   attention  the 3x3 half of every other block multiplies once more: r' = PReLU(x) (average pooled), y = BatchNorm(gate(m) c r') + r'
 *
 * The 3x3 half keeps the channels; where the block doubles them, two 1x1 halves lie side by side. Shift and sign are the quantizer `rsign` with
 * `estimator: 'ste'` and `clip: 1.5`, weights `temperature-sign`. Blocks take turns as in the released code: the first of a network goes
 * without attention and says so to the next by handing it its value twice, the next has it, and so on. Without `recoupling`, attention
 * multiplies ungated and the other halves end in the sum with c, as in the ablations of that code. Borders are padded with zeros after the
 * sign.
 *
 * Guo, Bethge, Meinel, Yang: Join the High Accuracy Club on ImageNet with a Binary Neural Network Ticket (BNext, 2022), arXiv 2211.12933, in
 * the form of the authors' released code.
 */
import { type Block, type BlockContext, defineBlock, OptionError } from '@onebit/core'
import { ChannelMix } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { channelGate } from './channel-gate.ts'
import { averagePool, batchNorm, binaryConvolution, channelsOf, prelu, slopeOption, sum } from './convolution-parts.ts'

type Tensor = SymbolicTensor

export interface BnextOptions {
  /** Gates that read what came in beside what came out. @default true */
  recoupling: boolean
  /** Slope of the PReLUs below zero when training begins. @default 0.25 */
  slope: number
}

/** How many times fewer channels the hidden layer of a gate has. */
const RATIO = 8

interface Half {
  readonly name: string
  readonly kernelSize: 1 | 3
  readonly strides: number
  readonly attention: boolean
}

function half(x: Tensor, { name, kernelSize, strides, attention }: Half, options: BnextOptions, context: BlockContext): Tensor {
  const { recoupling, slope } = options
  const dilation = kernelSize === 1 ? 1 : context.dilation
  const conv = binaryConvolution({ name, filters: channelsOf(x), kernelSize, strides, dilation }, context).apply(x) as Tensor
  const converted = prelu(batchNorm(conv, `${name}.norm`), `${name}.prelu`, slope)
  const incoming = averagePool(x, `${name}.pool`, strides)
  const gated = (): Tensor => {
    const mixed = new ChannelMix({ name: `${name}.mix` }).apply([incoming, converted]) as Tensor
    return channelGate(converted, mixed, `${name}.gated`, { ratio: RATIO, useBias: true })
  }
  const value = recoupling ? gated() : converted
  if (!attention) return sum([recoupling ? batchNorm(value, `${name}.outNorm`) : value, incoming], `${name}.add`)
  const bent = prelu(x, `${name}.attention.prelu`, slope)
  const residual = averagePool(bent, `${name}.attention.pool`, strides)
  const attended = layers.multiply({ name: `${name}.attention` }).apply([value, residual]) as Tensor
  return sum([batchNorm(attended, `${name}.outNorm`), residual], `${name}.add`)
}

export const bnext: Block = defineBlock({
  name: 'bnext',
  package: '@onebit/blocks',
  paper: { title: 'BNext', authors: 'Guo et al.', year: 2022, arxiv: '2211.12933' },
  convolutions: 2,
  // PReLUs are in the float network too.
  twin: () => 'none',
  options: {
    recoupling: { default: true, description: 'gates read the input of the block as well as its output' },
    slope: slopeOption,
  },
  apply: ([input, turn], options, context) => {
    const { name, filters, strides } = context
    const paths = filters / channelsOf(input)
    if (paths !== 1 && paths !== 2) {
      throw new OptionError({
        what: `The block '${name}' keeps its channels or doubles them.`,
        expected: `${channelsOf(input)} or ${2 * channelsOf(input)} output channels`,
        received: `${filters}`,
        fix: 'Choose a network whose stages double their width.',
      })
    }
    const attention = turn !== undefined
    const middle = half(input, { name: `${name}.conv1`, kernelSize: 3, strides, attention }, options, context)
    const outputs = Array.from({ length: paths }, (_, index) => {
      const path = paths === 1 ? `${name}.conv2` : `${name}.conv2.path${index + 1}`
      return half(middle, { name: path, kernelSize: 1, strides: 1, attention: false }, options, context)
    })
    const output = paths === 1 ? outputs[0] : (layers.concatenate({ name: `${name}.concat` }).apply(outputs) as Tensor)
    return attention ? [output] : [output, output]
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    bnext: BnextOptions
  }
}

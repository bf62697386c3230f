/**
 * Stacked hourglass: a network that halves its feature map several times, enlarges it again, and adds the features of every size.
 * Each further stack also reads the heat-maps of the stack before.
 *
 *   stem       real 7x7/2 -> BatchNorm -> ReLU -> block -> 2x2 max pool -> block -> block: 1/4 of the picture, `width` channels
 *   hourglass  y = block(x) + up(block(inner(block(pool(x))))); `inner` is the next hourglass, or a block at the bottom
 *   stack      hourglass -> block -> real 1x1 -> BatchNorm -> ReLU; between stacks, a real 1x1 makes heat-maps, and
 *              next = x + 1x1(features) + 1x1(heat-maps)
 *
 * The head makes the heat-maps of the last stack. Those of earlier stacks are outputs of the network, `heatmaps1`, `heatmaps2`,
 * ..., so losses supervise every stack. The next stack reads their logits. Pooling before a block is the stride of that block.
 * Hierarchical blocks pool by the maximum, as in the published network.
 *
 * Newell, Yang, Deng: Stacked Hourglass Networks (ECCV 2016), arXiv 1603.06937; with hierarchical blocks of one bit, Bulat,
 * Tzimiropoulos (ICCV 2017), arXiv 1703.00862, and Bulat et al. (2019), arXiv 1904.05868. Topology as in the released code of
 * FAN.
 */
import { type BlockContext, type BorderPadding, defineNetwork, type Network, OptionError } from '@onebit/core'
import { QuantConv2D } from '@onebit/layers'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { checkEvenSize } from './even-size.ts'
import { batchNorm, paddingOption, relu } from './real-layers.ts'

export interface HourglassOptions {
  /** Hourglasses in a row, 1 to 8. @default 1 */
  stacks: number
  /** Channels of the hourglasses, a multiple of 4. @default 256 */
  width: number
  /** Halvings of the feature map in an hourglass. @default 4 */
  depth: number
  /** Heat-maps between stacks. The task takes it from the data set. @default 16 */
  joints: number
  /** Padding of windows with a stride. @default 'symmetric' */
  padding: BorderPadding
}

type Tensor = SymbolicTensor
type ApplyBlock = (x: Tensor, name: string, filters: number, strides?: number) => Tensor

/** Ratio between the sizes of the picture and of the heat-maps. */
const STRIDE = 4

const pointwise = (x: Tensor, name: string, filters: number): Tensor =>
  layers.conv2d({ name, filters, kernelSize: 1 }).apply(x) as Tensor

/** The convolution of the stem has a bias, as in the released code. */
function stemConvolution(x: Tensor, filters: number, padding: BorderPadding): Tensor {
  const options = { name: 'stem.conv', filters, kernelSize: 7, strides: 2, useBias: true } as const
  const layer = padding === 'symmetric' ? new QuantConv2D({ ...options, padding }) : layers.conv2d({ ...options, padding })
  return layer.apply(x) as Tensor
}

function sum(inputs: Tensor[], name: string): Tensor {
  return layers.add({ name }).apply(inputs) as Tensor
}

function hourglassOf(x: Tensor, name: string, depth: number, block: ApplyBlock): Tensor {
  const filters = x.shape.at(-1)!
  const side = block(x, `${name}.side${depth}`, filters)
  const down = block(x, `${name}.down${depth}`, filters, 2)
  const inner = depth > 1 ? hourglassOf(down, name, depth - 1, block) : block(down, `${name}.bottom`, filters)
  const up = block(inner, `${name}.up${depth}`, filters)
  const larger = layers.upSampling2d({ name: `${name}.larger${depth}`, size: [2, 2] }).apply(up) as Tensor
  return sum([side, larger], `${name}.add${depth}`)
}

export const hourglass: Network = defineNetwork({
  name: 'hourglass',
  package: '@onebit/networks',
  paper: { title: 'Stacked Hourglass Networks', authors: 'Newell et al.', year: 2016, arxiv: '1603.06937' },
  options: {
    stacks: { default: 1, min: 1, max: 8, integer: true, description: 'hourglasses in a row' },
    width: { default: 256, min: 4, integer: true, description: 'channels of the hourglasses, a multiple of 4' },
    depth: { default: 4, min: 1, max: 6, integer: true, description: 'halvings of the feature map in an hourglass' },
    joints: { default: 16, min: 1, integer: true, description: 'heat-maps between stacks' },
    padding: paddingOption('symmetric'),
  },
  build: ({ stacks, width, depth, joints, padding }, context) => {
    if (width % 4 !== 0) {
      throw new OptionError({
        what: 'The stem of an hourglass begins with a quarter of its channels.',
        expected: 'a width that is a multiple of 4',
        received: `${width}`,
        fix: `Give a width of ${4 * Math.ceil(width / 4)}.`,
        option: 'width',
      })
    }
    checkEvenSize(context.input, { factor: STRIDE * 2 ** depth, smallest: 'the bottom of the hourglass', option: 'depth' })
    const { block: configured, activation, weight } = context
    const block: ApplyBlock = (x, name, filters, strides = 1) => {
      const blockContext: BlockContext = { name, filters, strides, dilation: 1, padding, activation, weight }
      return configured.plugin.apply([x], configured.options, blockContext)[0]
    }
    const features: Record<string, Tensor> = {}
    const outputs: Record<string, Tensor> = {}

    const image = input({ name: 'image', shape: [...context.input] })
    const stem = relu(batchNorm(stemConvolution(image, width / 4, padding), 'stem.norm'), 'stem.relu')
    const first = block(stem, 'stage1.block1', width / 2)
    const pooled = layers.maxPooling2d({ name: 'stem.pool', poolSize: 2 }).apply(first) as Tensor
    const second = block(pooled, 'stage1.block2', width / 2)
    let x = block(second, 'stage1.block3', width)
    Object.assign(features, { 'stage1.block1': first, 'stage1.block2': second, 'stage1.block3': x, stage1: x })

    for (let stack = 1; ; stack++) {
      const name = `stack${stack}`
      const refined = block(hourglassOf(x, name, depth, block), `${name}.last`, width)
      const merged = relu(batchNorm(pointwise(refined, `${name}.conv`, width), `${name}.norm`), `${name}.relu`)
      features[`stage${stack + 1}`] = merged
      if (stack === stacks) return { input: image, features, output: merged, outputs }
      const logits = pointwise(merged, `${name}.heatmaps`, joints)
      outputs[`heatmaps${stack}`] = layers.activation({ name: `heatmaps${stack}`, activation: 'sigmoid' }).apply(logits) as Tensor
      const again = [pointwise(merged, `${name}.features`, width), pointwise(logits, `${name}.again`, width)]
      x = sum([x, ...again], `${name}.next`)
    }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    hourglass: HourglassOptions
  }
}

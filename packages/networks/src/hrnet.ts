/**
 * High-Resolution Network: a stage keeps feature maps of several sizes side by side. Each size has blocks of its own, and then
 * the sizes exchange their features: every size receives the sum of all sizes. The next stage adds a smaller size. The head reads
 * the largest one.
 *
 *   stem        real 3x3/2 -> BatchNorm -> ReLU, twice: a quarter of the picture
 *   stage 1     real: four bottlenecks, 1x1 -> 3x3 -> 1x1; binary: the configured block at the stem's channels
 *   stage 2...  branch b has `width` * 2^b channels at 1/2^b of the size; [blocks, then exchange] once, four times, three times
 *   exchange    to a larger size 1x1 -> BatchNorm -> nearest upsampling; to a smaller size 3x3/2 -> BatchNorm for every halving
 *
 * The real network is the published one. BHRNet (He et al., arXiv 2205.07433) and BiHRNet (Zhang et al., arXiv 2311.10296)
 * binarize it, but their layers and their code are not public. BiHRNet's abstract says that a block in the place of the
 * bottlenecks keeps more information in the first stage. The rest is our choice: with quantizers, the first stage has the
 * configured block, and a convolution between sizes is BatchNorm -> sign -> 1-bit convolution -> BatchNorm. No ReLU follows the
 * sums, because the next block may begin with a sign.
 *
 * Sun, Xiao, Liu, Wang: Deep High-Resolution Representation Learning for Human Pose Estimation (CVPR 2019), arXiv 1902.09212;
 * topology as in the released code, leoxiaobin/deep-high-resolution-net.pytorch.
 */
import {
  type Backbone,
  type BlockContext,
  type BorderPadding,
  defineNetwork,
  type Network,
  type NetworkContext,
} from '@onebit/core'
import { QuantConv2D } from '@onebit/layers'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { checkEvenSize } from './even-size.ts'
import { batchNorm, convolution, paddingOption, relu } from './real-layers.ts'
import { blocksFor } from './residual-stages.ts'

export interface HrnetOptions {
  /** Channels of the largest size. Each smaller size has twice as many as the one before. @default 32 */
  width: number
  /** Channels of the stem. Its bottlenecks have four times as many. @default 64 */
  stem: number
  /** Sizes side by side in the last stage, 2 to 4. @default 4 */
  branches: number
  /** Convolutions of a branch between two exchanges. @default 8 */
  convolutions: number
  /** Exchanges per stage: 1, 4 and 3 as published, or 1 each. @default 'published' */
  exchanges: 'published' | 'once'
  /** Precision of the first stage and of convolutions between sizes; real if nothing is quantized. @default 'binary' */
  precision: 'binary' | 'real'
  /** Padding of windows with a stride. @default 'symmetric' */
  padding: BorderPadding
}

type Tensor = SymbolicTensor

/** Ratio between the sizes of the picture and of the largest feature map. */
const STRIDE = 4

/** Bottlenecks of the first stage, and the ratio between the channels of their outputs and of their 3x3 convolutions. */
const BOTTLENECKS = 4
const EXPANSION = 4

/** Exchanges of the stages with two, three and four sizes. */
const EXCHANGES = [1, 4, 3]

function sum(inputs: readonly Tensor[], name: string): Tensor {
  return layers.add({ name }).apply([...inputs]) as Tensor
}

function bottleneck(x: Tensor, name: string, filters: number): Tensor {
  const convolve = (from: Tensor, part: string, channels: number, kernelSize: number): Tensor =>
    batchNorm(convolution(from, `${name}.${part}`, channels, kernelSize), `${name}.${part}.norm`)
  const wide = EXPANSION * filters
  const first = relu(convolve(x, 'conv1', filters, 1), `${name}.relu1`)
  const second = relu(convolve(first, 'conv2', filters, 3), `${name}.relu2`)
  const third = convolve(second, 'conv3', wide, 1)
  const shortcut = x.shape.at(-1) === wide ? x : convolve(x, 'shortcut', wide, 1)
  return relu(sum([third, shortcut], `${name}.add`), `${name}.relu3`)
}

/** A convolution between sizes. `isLast` is false if another one follows on the same path. Then a real one ends with a ReLU. */
type Cross = (x: Tensor, name: string, filters: number, kernelSize: number, strides: number, isLast: boolean) => Tensor

const crossReal =
  (padding: BorderPadding): Cross =>
  (x, name, filters, kernelSize, strides, isLast) => {
    const conv = convolution(x, name, filters, kernelSize, strides === 1 ? {} : { strides, padding })
    const norm = batchNorm(conv, `${name}.norm`)
    return isLast ? norm : relu(norm, `${name}.relu`)
  }

const crossBinary =
  (padding: BorderPadding, { activation, weight }: NetworkContext): Cross =>
  (x, name, filters, kernelSize, strides) => {
    const quantizers = { inputQuantizer: activation, kernelQuantizer: weight }
    const layer = new QuantConv2D({ name, filters, kernelSize, strides, padding, useBias: false, ...quantizers })
    const before = batchNorm(x, `${name}.before`)
    return batchNorm(layer.apply(activation ? before : relu(before, `${name}.relu`)) as Tensor, `${name}.norm`)
  }

/** Brings the feature map of one branch to the size and the channels of another. */
function toBranch(x: Tensor, from: number, to: number, name: string, filters: number, cross: Cross): Tensor {
  if (from === to) return x
  if (from > to) {
    const narrow = cross(x, name, filters, 1, 1, true)
    const factor = 2 ** (from - to)
    return layers.upSampling2d({ name: `${name}.larger`, size: [factor, factor] }).apply(narrow) as Tensor
  }
  let smaller = x
  for (let halving = 1; halving <= to - from; halving++) {
    const isLast = halving === to - from
    const channels = isLast ? filters : (x.shape.at(-1) as number)
    smaller = cross(smaller, `${name}.half${halving}`, channels, 3, 2, isLast)
  }
  return smaller
}

/** The parts of the network, real or binary. */
interface Parts {
  readonly cross: Cross
  /** The ReLU of the real network. */
  readonly rectify: (x: Tensor, name: string) => Tensor
  /** Blocks of one size, between two exchanges. */
  readonly branch: (x: Tensor, name: string, filters: number) => Tensor
}

function branchOf(
  x: Tensor,
  name: string,
  filters: number,
  { convolutions, padding }: HrnetOptions,
  context: NetworkContext,
): Tensor {
  const { block, activation, weight } = context
  let values: readonly Tensor[] = [x]
  for (let number = 1; number <= blocksFor(convolutions, context); number++) {
    const part: BlockContext = { name: `${name}.block${number}`, filters, strides: 1, dilation: 1, padding, activation, weight }
    values = block.plugin.apply(values, block.options, part)
  }
  return values[0]
}

/** Brings the maps of the stage before to the channels of this stage, and adds a map of half the smallest size. */
function enter(maps: readonly Tensor[], stage: string, channels: readonly number[], { cross, rectify }: Parts): Tensor[] {
  return channels.map((filters, branch) => {
    const name = `${stage}.enter${branch + 1}`
    if (branch === maps.length) return rectify(cross(maps[branch - 1], name, filters, 3, 2, true), `${name}.relu`)
    const before = maps[branch]
    return before.shape.at(-1) === filters ? before : rectify(cross(before, name, filters, 3, 1, true), `${name}.relu`)
  })
}

/** Applies blocks to every size. Returns the sum of all sizes for each of the `receivers` largest. */
function exchange(
  maps: readonly Tensor[],
  name: string,
  channels: readonly number[],
  receivers: number,
  { cross, rectify, branch }: Parts,
): Tensor[] {
  const seen = maps.map((map, index) => branch(map, `${name}.branch${index + 1}`, channels[index]))
  return channels.slice(0, receivers).map((filters, to) => {
    const parts = seen.map((map, from) => toBranch(map, from, to, `${name}.from${from + 1}to${to + 1}`, filters, cross))
    return rectify(sum(parts, `${name}.sum${to + 1}`), `${name}.relu${to + 1}`)
  })
}

function build(options: HrnetOptions, context: NetworkContext): Backbone {
  const { width, stem, branches, exchanges, precision, padding } = options
  checkEvenSize(context.input, { factor: STRIDE * 2 ** (branches - 1), smallest: 'the smallest size', option: 'branches' })
  const { activation, weight } = context
  const isBinary = precision === 'binary' && (activation !== undefined || weight !== undefined)
  const parts: Parts = {
    cross: isBinary ? crossBinary(padding, context) : crossReal(padding),
    rectify: (x, name) => (isBinary ? x : relu(x, name)),
    branch: (x, name, filters) => branchOf(x, name, filters, options, context),
  }

  const image = input({ name: 'image', shape: [...context.input] })
  let x: Tensor = image
  for (const number of [1, 2]) {
    const name = `stem.conv${number}`
    x = relu(batchNorm(convolution(x, name, stem, 3, { strides: 2, padding }), `${name}.norm`), `${name}.relu`)
  }
  if (isBinary) x = parts.branch(x, 'stage1', stem)
  else for (let number = 1; number <= BOTTLENECKS; number++) x = bottleneck(x, `stage1.block${number}`, stem)

  const features: Record<string, Tensor> = { stage1: x }
  let maps: readonly Tensor[] = [x]
  for (let size = 2; size <= branches; size++) {
    const stage = `stage${size}`
    const channels = Array.from({ length: size }, (_, branch) => width * 2 ** branch)
    maps = enter(maps, stage, channels, parts)
    const count = exchanges === 'once' ? 1 : EXCHANGES[size - 2]
    for (let module = 1; module <= count; module++) {
      const name = `${stage}.module${module}`
      // The head reads the largest size only.
      maps = exchange(maps, name, channels, size === branches && module === count ? 1 : size, parts)
      features[name] = maps[0]
    }
    features[stage] = maps[0]
  }
  const output = isBinary ? relu(batchNorm(maps[0], 'last.norm'), 'last.relu') : maps[0]
  return { input: image, features, output }
}

export const hrnet: Network = defineNetwork({
  name: 'hrnet',
  package: '@onebit/networks',
  paper: { title: 'Deep High-Resolution Representation Learning', authors: 'Sun et al.', year: 2019, arxiv: '1902.09212' },
  options: {
    width: { default: 32, min: 1, integer: true, description: 'channels of the largest size, doubled from size to size' },
    stem: { default: 64, min: 1, integer: true, description: 'channels of the stem, a quarter of those of its bottlenecks' },
    branches: { default: 4, min: 2, max: 4, integer: true, description: 'sizes side by side in the last stage' },
    convolutions: { default: 8, min: 1, integer: true, description: 'convolutions of a branch between two exchanges' },
    exchanges: { default: 'published', values: ['published', 'once'], description: 'exchanges per stage: 1, 4 and 3, or 1 each' },
    precision: { default: 'binary', values: ['binary', 'real'], description: 'precision of the first stage and between sizes' },
    padding: paddingOption('symmetric'),
  },
  build,
})

declare module '@onebit/core' {
  interface NetworkNames {
    hrnet: HrnetOptions
  }
}

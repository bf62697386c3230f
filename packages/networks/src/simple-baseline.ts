/**
 * SimpleBaseline: a residual network, then transposed convolutions that enlarge its last feature map to a quarter of the picture.
 *
 *   ResNet-18, -34 or -50 -> [transposed 4x4/2 -> BatchNorm -> ReLU] three times
 *
 * In binary form, a transposed convolution is BatchNorm -> sign -> 1-bit transposed 4x4/2, and a BatchNorm and a ReLU follow the
 * last one. So no sign reads a bare sum of bits, which may be exactly 0.
 *
 * Xiao, Wu, Wei: Simple Baselines for Human Pose Estimation and Tracking (ECCV 2018), arXiv 1804.06208. The binary form is of the
 * family of SBPN in He et al., arXiv 2205.07433, but the layers of SBPN are not public.
 */
import { type BorderPadding, defineNetwork, type Network, type NetworkContext } from '@onebit/core'
import { QuantConv2DTranspose } from '@onebit/layers'
import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, paddingOption, relu } from './real-layers.ts'
import { buildResnet, RESNET_STEMS, type ResnetDepth, type ResnetStem } from './resnet.ts'

export interface SimpleBaselineOptions {
  /** Layers of the residual network. @default 18 */
  depth: ResnetDepth
  /** Channels of the first stage. @default 64 */
  width: number
  /** Layers around the first pooling. @default 'norm-relu' */
  stem: ResnetStem
  /** Number of transposed convolutions. Each doubles height and width. @default 3 */
  transposed: number
  /** Channels of the transposed convolutions. @default 256 */
  channels: number
  /** Precision of the transposed convolutions. Without quantizers they are real. @default 'binary' */
  precision: 'binary' | 'real'
  /** Padding of windows with a stride. @default 'symmetric' */
  padding: BorderPadding
}

/** Standard deviation of the initial weights of real transposed convolutions. */
const DEVIATION = 0.001

const enlarging = (name: string, filters: number) =>
  ({ name: `${name}.conv`, filters, kernelSize: 4, strides: 2, padding: 'same', useBias: false }) as const

function enlargeReal(x: SymbolicTensor, name: string, filters: number): SymbolicTensor {
  const kernelInitializer = initializers.randomNormal({ mean: 0, stddev: DEVIATION })
  const layer = layers.conv2dTranspose({ ...enlarging(name, filters), kernelInitializer })
  return relu(batchNorm(layer.apply(x) as SymbolicTensor, `${name}.norm`), `${name}.relu`)
}

function enlargeBinary(x: SymbolicTensor, name: string, filters: number, { activation, weight }: NetworkContext): SymbolicTensor {
  const norm = batchNorm(x, `${name}.norm`)
  const layer = new QuantConv2DTranspose({ ...enlarging(name, filters), inputQuantizer: activation, kernelQuantizer: weight })
  return layer.apply(activation ? norm : relu(norm, `${name}.relu`)) as SymbolicTensor
}

export const simpleBaseline: Network = defineNetwork({
  name: 'simple-baseline',
  package: '@onebit/networks',
  paper: { title: 'Simple Baselines for Human Pose Estimation', authors: 'Xiao et al.', year: 2018, arxiv: '1804.06208' },
  options: {
    depth: { default: 18, values: [18, 34, 50], description: 'layers of the residual network' },
    width: { default: 64, min: 1, integer: true, description: 'channels of the first stage' },
    stem: { default: 'norm-relu', values: RESNET_STEMS, description: 'layers around the first pooling' },
    transposed: { default: 3, min: 1, max: 5, integer: true, description: 'transposed convolutions; each doubles the size' },
    channels: { default: 256, min: 1, integer: true, description: 'channels of the transposed convolutions' },
    precision: { default: 'binary', values: ['binary', 'real'], description: 'precision of the transposed convolutions' },
    padding: paddingOption('symmetric'),
  },
  build: ({ depth, width, stem, transposed, channels, precision, padding }, context) => {
    const resnet = { width, stem, stemSize: 7, outputStride: 32, padding } as const
    const { output, ...body } = buildResnet(depth as ResnetDepth, resnet, context)
    const isBinary = precision === 'binary' && (context.activation !== undefined || context.weight !== undefined)
    let x = output
    for (let number = 1; number <= transposed; number++) {
      const name = `larger${number}`
      x = isBinary ? enlargeBinary(x, name, channels, context) : enlargeReal(x, name, channels)
    }
    return { ...body, output: isBinary ? relu(batchNorm(x, 'last.norm'), 'last.relu') : x }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    'simple-baseline': SimpleBaselineOptions
  }
}

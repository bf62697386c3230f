/** Real layers of several networks, with their shared settings. */
import type { BorderPadding } from '@onebit/core'
import { LeakyClip, Maxout, QuantConv2D, SymmetricMaxPool } from '@onebit/layers'
import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

type Tensor = SymbolicTensor

/** The option `padding` of networks with strided layers. */
export function paddingOption<const Default extends BorderPadding>(standard: Default) {
  return {
    default: standard,
    values: ['same', 'symmetric'],
    description: 'padding of windows with a stride: `same` as in TensorFlow, or `symmetric` (equal on all sides) as in PyTorch',
  } as const
}

/** Settings that only some convolutions have. */
export interface ConvolutionOptions {
  /** @default 1 */
  readonly strides?: number
  /** @default 'same' */
  readonly padding?: BorderPadding
  /** @default 'glorotNormal' */
  readonly kernelInitializer?: 'glorotNormal' | 'heNormal'
}

export function convolution(
  x: Tensor,
  name: string,
  filters: number,
  kernelSize: number,
  options: ConvolutionOptions = {},
): Tensor {
  const { strides = 1, padding = 'same', kernelInitializer = 'glorotNormal' } = options
  const shared = { name, filters, kernelSize, strides, useBias: false, kernelInitializer }
  // Without quantizers, a QuantConv2D is a real convolution. Those of TensorFlow.js have no symmetric padding.
  const layer = padding === 'symmetric' ? new QuantConv2D({ ...shared, padding }) : layers.conv2d({ ...shared, padding })
  return layer.apply(x) as Tensor
}

export function batchNorm(x: Tensor, name: string): Tensor {
  return layers.batchNormalization({ name, epsilon: 1e-5, momentum: 0.9 }).apply(x) as Tensor
}

/** @param padding `valid` omits windows that reach over the border. */
export function maxPool(
  x: Tensor,
  name: string,
  poolSize: number,
  strides: number,
  padding: BorderPadding | 'valid' = 'same',
): Tensor {
  if (padding === 'symmetric') return new SymmetricMaxPool({ name, poolSize, strides }).apply(x) as Tensor
  return layers.maxPooling2d({ name, poolSize, strides, padding }).apply(x) as Tensor
}

export function relu(x: Tensor, name: string): Tensor {
  return layers.reLU({ name }).apply(x) as Tensor
}

export function prelu(x: Tensor, name: string): Tensor {
  const alphaInitializer = initializers.constant({ value: 0.25 })
  return layers.prelu({ name, sharedAxes: [1, 2], alphaInitializer }).apply(x) as Tensor
}

const NONLINEARITIES = {
  relu: relu,
  prelu: prelu,
  clip: (x: Tensor, name: string) => new LeakyClip({ name, slope: 0 }).apply(x) as Tensor,
  maxout: (x: Tensor, name: string) => new Maxout({ name }).apply(x) as Tensor,
} as const

/** Nonlinearities after a BatchNorm. `clip` is to [-1, 1], the Hardtanh of IR-Net. `maxout` is the one of AdaBin. */
export type Nonlinearity = keyof typeof NONLINEARITIES

export function bend(x: Tensor, name: string, nonlinearity: Nonlinearity): Tensor {
  return NONLINEARITIES[nonlinearity](x, name)
}

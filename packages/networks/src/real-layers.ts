/** The real layers at the beginnings of networks, with the settings they share. */
import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

type Tensor = SymbolicTensor

export function convolution(x: Tensor, name: string, filters: number, kernelSize: number, strides = 1): Tensor {
  return layers.conv2d({ name, filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x) as Tensor
}

export function batchNorm(x: Tensor, name: string): Tensor {
  return layers.batchNormalization({ name, epsilon: 1e-5, momentum: 0.9 }).apply(x) as Tensor
}

export function maxPool(x: Tensor, name: string, poolSize: number, strides: number): Tensor {
  return layers.maxPooling2d({ name, poolSize, strides, padding: 'same' }).apply(x) as Tensor
}

export function relu(x: Tensor, name: string): Tensor {
  return layers.reLU({ name }).apply(x) as Tensor
}

export function prelu(x: Tensor, name: string): Tensor {
  const alphaInitializer = initializers.constant({ value: 0.25 })
  return layers.prelu({ name, sharedAxes: [1, 2], alphaInitializer }).apply(x) as Tensor
}

/**
 * The real-valued shortcut: average pooling, 1x1 convolution, BatchNorm; the identity if the shape stays the same. Bi-Real Net,
 * arXiv 1808.00278, section 4.1 (type B shortcuts), with the pooling of the authors' released code.
 */
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { checkPart } from './convolution-parts.ts'

export function realDownsample(input: SymbolicTensor, name: string, filters: number, strides: number): SymbolicTensor {
  checkPart('realDownsample()', input, { name, filters, strides })
  if (strides === 1 && input.shape.at(-1) === filters) return input
  let value = input
  if (strides > 1) {
    value = layers
      .averagePooling2d({ name: `${name}.pool`, poolSize: strides, strides, padding: 'same' })
      .apply(value) as SymbolicTensor
  }
  value = layers
    .conv2d({ name: `${name}.conv`, filters, kernelSize: 1, useBias: false, kernelInitializer: 'glorotNormal' })
    .apply(value) as SymbolicTensor
  return layers.batchNormalization({ name: `${name}.norm`, epsilon: 1e-5, momentum: 0.9 }).apply(value) as SymbolicTensor
}

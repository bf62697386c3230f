/**
 * BinaryNet: the VGG of Binarized Neural Networks for CIFAR-10. All its weights are binary, also in the first layer, which reads
 * real pixels, and in the last.
 *
 *   3x3 to 128, 3x3 to 128 -> pooling; 256, 256 -> pooling; 512, 512 -> pooling; dense to 1024, to 1024, to the classes
 *
 * BatchNorm and sign precede every layer but the first, so pooling reads accumulators. The network ends in a BatchNorm without
 * scale and shift, and its scores are those of the head `softmax`. The layers of the released code have biases, which BatchNorm
 * removes.
 *
 * Hubara, Courbariaux, Soudry, El-Yaniv, Bengio: Binarized Neural Networks (NIPS 2016), arXiv 1602.02830, section 2.1, in the
 * form of the authors' released code: channels of the Theano code, last BatchNorm of the PyTorch code.
 */
import { defineNetwork, type Network } from '@onebit/core'
import { QuantConv2D, QuantDense } from '@onebit/layers'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { plainStage } from './plain-stages.ts'
import { batchNorm, relu } from './real-layers.ts'

export interface BinaryNetOptions {
  /** Channels of the first convolution. @default 128 */
  width: number
  /** Units of the two hidden dense layers. @default 1024 */
  hidden: number
  /** Units of the last dense layer. The task takes them from the data set. @default 10 */
  classes: number
}

export const binaryNet: Network = defineNetwork({
  name: 'binary-net',
  package: '@onebit/networks',
  paper: { title: 'Binarized Neural Networks', authors: 'Hubara et al.', year: 2016, arxiv: '1602.02830' },
  options: {
    width: { default: 128, min: 1, integer: true, description: 'channels of the first convolution' },
    hidden: { default: 1024, min: 1, integer: true, description: 'units of the two hidden dense layers' },
    classes: { default: 10, min: 2, integer: true, description: 'units of the last dense layer' },
  },
  build: ({ width, hidden, classes }, context) => {
    const { activation, weight } = context
    const image = input({ name: 'image', shape: [...context.input] })
    const stem = new QuantConv2D({ name: 'stem.conv', filters: width, kernelSize: 3, kernelQuantizer: weight })
    const features: Record<string, SymbolicTensor> = {}
    let value = stem.apply(image) as SymbolicTensor
    for (const [index, factor] of [1, 2, 4].entries()) {
      const name = `stage${index + 1}`
      const part = { filters: width * factor, convolutions: index === 0 ? 1 : 2, kernelSize: 3 }
      value = plainStage(value, name, [part], context, { size: 2, strides: 2 })
      features[name] = value
    }
    const dense = (x: SymbolicTensor, name: string, units: number): SymbolicTensor => {
      const layer = new QuantDense({ name, units, inputQuantizer: activation, kernelQuantizer: weight })
      // Signs are the nonlinearity of binary layers. Real layers need another.
      return layer.apply(activation ? x : relu(x, `${name}.relu`)) as SymbolicTensor
    }
    const flat = layers.flatten({ name: 'flat' }).apply(batchNorm(value, 'dense1.norm')) as SymbolicTensor
    const first = batchNorm(dense(flat, 'dense1', hidden), 'dense2.norm')
    const second = batchNorm(dense(first, 'dense2', hidden), 'dense3.norm')
    const last = layers.batchNormalization({ name: 'last.norm', epsilon: 1e-5, momentum: 0.9, center: false, scale: false })
    return { input: image, features, output: last.apply(dense(second, 'dense3', classes)) as SymbolicTensor }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    'binary-net': BinaryNetOptions
  }
}

/**
 * AlexNet as one-bit papers use it: without groups and local normalization. Real 11x11/4 convolution, BatchNorm, ReLU, pooling; 5x5 with
 * 256 channels, pooling; 3x3 with 384, 384 and 256, pooling; two binary dense layers, each behind a BatchNorm; the last one, real, is the
 * head's. A block without the option `kernelSize` convolves 3x3 throughout.
 *
 * Krizhevsky, Sutskever, Hinton (NIPS 2012); Rastegari et al.: XNOR-Net (ECCV 2016), arXiv 1603.05279, section 4.1.
 */
import { defineNetwork, type Network } from '@onebit/core'
import { QuantDense } from '@onebit/layers'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { plainStage } from './plain-stages.ts'
import { batchNorm, convolution, maxPool, relu } from './real-layers.ts'

export interface AlexnetOptions {
  /** Channels of the first convolution; the others are in proportion. @default 96 */
  width: number
  /** Units of the two hidden dense layers. @default 4096 */
  hidden: number
}

export const alexnet: Network = defineNetwork({
  name: 'alexnet',
  package: '@onebit/networks',
  paper: { title: 'XNOR-Net', authors: 'Rastegari et al.', year: 2016, arxiv: '1603.05279' },
  options: {
    width: { default: 96, min: 3, integer: true, description: 'channels of the first convolution' },
    hidden: { default: 4096, min: 1, integer: true, description: 'units of the two hidden dense layers' },
  },
  build: ({ width, hidden }, context) => {
    const { activation, weight } = context
    const channels = (share: number): number => Math.max(1, Math.round((width * share) / 96))
    const image = input({ name: 'image', shape: [...context.input] })
    const stem = relu(batchNorm(convolution(image, 'stem.conv', width, 11, 4), 'stem.norm'), 'stem.relu')
    const pooled = maxPool(stem, 'stem.pool', 3, 2)
    const stage1 = plainStage(pooled, 'stage1', [{ filters: channels(256), convolutions: 1, kernelSize: 5 }], context, 3)
    const parts = [
      { filters: channels(384), convolutions: 2, kernelSize: 3 },
      { filters: channels(256), convolutions: 1, kernelSize: 3 },
    ]
    const stage2 = plainStage(stage1, 'stage2', parts, context, 3)
    const dense = (x: SymbolicTensor, name: string): SymbolicTensor => {
      const quantizers = { inputQuantizer: activation, kernelQuantizer: weight }
      const layer = new QuantDense({ name, units: hidden, ...quantizers })
      const output = layer.apply(batchNorm(x, `${name}.norm`)) as SymbolicTensor
      // Signs are the nonlinearity of binary layers; real ones need another.
      return activation ? output : relu(output, `${name}.relu`)
    }
    const flat = layers.flatten({ name: 'flat' }).apply(stage2) as SymbolicTensor
    const hidden2 = dense(dense(flat, 'dense1'), 'dense2')
    const output = relu(batchNorm(hidden2, 'last.norm'), 'last.relu')
    return { input: image, features: { stage1, stage2 }, output }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    alexnet: AlexnetOptions
  }
}

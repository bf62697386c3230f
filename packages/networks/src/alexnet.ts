/**
 * AlexNet as in XNOR-Net's released code, without groups and local normalization, at 224x224:
 *
 *   real 11x11/4, 2 zeros on every side -> BatchNorm -> ReLU -> pooling      55x55x96, pooled to 27
 *   5x5 to 256 -> pooling                                                    13
 *   3x3 to 384, 3x3 to 384, 3x3 to 256 -> pooling                            6
 *   6x6 to 4096, 1x1 to 4096, both 1-bit, each behind a BatchNorm and a sign; BatchNorm -> ReLU; the head adds the last layer
 *
 * Poolings are 3x3/2 and do not reach over the border. The dense layers are convolutions of the whole map, so their BatchNorms
 * count channels. The released code passes `false` to its BatchNorms as their momentum, not as `affine`, so they have scales and
 * shifts, as here. A block without the option `kernelSize` convolves 3x3 throughout.
 *
 * Krizhevsky, Sutskever, Hinton (NIPS 2012); Rastegari et al.: XNOR-Net (ECCV 2016), arXiv 1603.05279, section 4.1.
 */
import { defineNetwork, type Network } from '@onebit/core'
import { QuantConv2D } from '@onebit/layers'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { plainStage } from './plain-stages.ts'
import { batchNorm, maxPool, relu } from './real-layers.ts'

export interface AlexnetOptions {
  /** Channels of the first convolution. The others are in proportion. @default 96 */
  width: number
  /** Units of the two hidden dense layers. @default 4096 */
  hidden: number
}

const POOL = { size: 3, strides: 2, padding: 'valid' } as const

function applyStem(image: SymbolicTensor, filters: number): SymbolicTensor {
  const padded = layers.zeroPadding2d({ name: 'stem.pad', padding: 2 }).apply(image)
  const options = { name: 'stem.conv', filters, kernelSize: 11, strides: 4, padding: 'valid', useBias: false } as const
  const conv = layers.conv2d(options).apply(padded) as SymbolicTensor
  return maxPool(relu(batchNorm(conv, 'stem.norm'), 'stem.relu'), 'stem.pool', POOL.size, POOL.strides, POOL.padding)
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
    const first = [{ filters: channels(256), convolutions: 1, kernelSize: 5 }]
    const stage1 = plainStage(applyStem(image, width), 'stage1', first, context, POOL)
    const parts = [
      { filters: channels(384), convolutions: 2, kernelSize: 3 },
      { filters: channels(256), convolutions: 1, kernelSize: 3 },
    ]
    const stage2 = plainStage(stage1, 'stage2', parts, context, POOL)
    const dense = (x: SymbolicTensor, name: string, kernelSize: [number, number]): SymbolicTensor => {
      const quantizers = { inputQuantizer: activation, kernelQuantizer: weight }
      const layer = new QuantConv2D({ name, filters: hidden, kernelSize, padding: 'valid', ...quantizers })
      const output = layer.apply(batchNorm(x, `${name}.norm`)) as SymbolicTensor
      // Signs are the nonlinearity of binary layers. Real layers need another.
      return activation ? output : relu(output, `${name}.relu`)
    }
    const whole = stage2.shape.slice(1, 3) as [number, number]
    const hidden2 = dense(dense(stage2, 'dense1', whole), 'dense2', [1, 1])
    const output = relu(batchNorm(hidden2, 'last.norm'), 'last.relu')
    return { input: image, features: { stage1, stage2 }, output }
  },
})

declare module '@onebit/core' {
  interface NetworkNames {
    alexnet: AlexnetOptions
  }
}

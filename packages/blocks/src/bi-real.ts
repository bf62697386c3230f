/**
 * Bi-Real block: every 1-bit convolution has a shortcut of its own, so real activations flow past each sign.
 *
 *   x -> sign -> 1-bit conv 3x3 -> BatchNorm -> + shortcut(x)      twice, the stride in the first
 *
 * No ReLU and no PReLU. The downsampling shortcut is real: pooling, 1x1 convolution, BatchNorm. Borders are padded with zeros after
 * the sign.
 *
 * Liu, Wu, Luo, Yang, Liu, Cheng: Bi-Real Net (ECCV 2018), arXiv 1808.00278, section 3.2 and figure 3.
 */
import { type Block, defineBlock } from '@onebit/core'
import { QuantConv2D } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { realDownsample } from './real-downsample.ts'

export const biReal: Block = defineBlock({
  name: 'bi-real',
  package: '@onebit/blocks',
  paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' },
  convolutions: 2,
  apply: ([input], _, { name, filters, strides, dilation, activation, weight }) => {
    const convolution = (x: SymbolicTensor, part: string, stride: number): SymbolicTensor => {
      const layerName = `${name}.${part}`
      const conv = new QuantConv2D({
        name: layerName,
        filters,
        kernelSize: 3,
        strides: stride,
        dilationRate: dilation,
        inputQuantizer: activation,
        kernelQuantizer: weight,
      }).apply(x) as SymbolicTensor
      const norm = layers
        .batchNormalization({ name: `${layerName}.norm`, epsilon: 1e-5, momentum: 0.9 })
        .apply(conv) as SymbolicTensor
      const shortcut = realDownsample(x, `${layerName}.shortcut`, filters, stride)
      return layers.add({ name: `${layerName}.add` }).apply([norm, shortcut]) as SymbolicTensor
    }
    return [convolution(convolution(input, 'conv1', strides), 'conv2', 1)]
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    'bi-real': Record<never, never>
  }
}

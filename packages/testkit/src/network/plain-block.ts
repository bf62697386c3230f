/** The block of network tests: one 1-bit convolution and a BatchNorm, at any stride and dilation. */
import { type Block, type Configured, defineBlock } from '@onebit/core'
import { QuantConv2D } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

const plugin = defineBlock({
  name: 'testkit-convolution',
  package: '@onebit/testkit',
  convolutions: 1,
  apply: ([input], _, { name, filters, strides, dilation, activation, weight }) => {
    const conv = new QuantConv2D({
      name: `${name}.conv`,
      filters,
      kernelSize: 3,
      strides,
      dilationRate: dilation,
      inputQuantizer: activation,
      kernelQuantizer: weight,
    })
    return [layers.batchNormalization({ name: `${name}.norm` }).apply(conv.apply(input)) as SymbolicTensor]
  },
})

export const plainBlock: Configured<Block> = { plugin, options: {} }

/** The network for tests of heads: two real convolutions, the second at half the size. */
import { type Block, defineBlock, defineNetwork, type Network } from '@onebit/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

export const smallNetwork: Network = defineNetwork({
  name: 'testkit-network',
  package: '@onebit/testkit',
  build: (_, context) => {
    const image = input({ name: 'image', shape: [...context.input] })
    const convolve = (x: SymbolicTensor, name: string, strides: number): SymbolicTensor =>
      layers.conv2d({ name, filters: 6, kernelSize: 3, strides, padding: 'same', activation: 'relu' }).apply(x) as SymbolicTensor
    const stage1 = convolve(image, 'stage1.conv', 1)
    const stage2 = convolve(stage1, 'stage2.conv', 2)
    return { input: image, features: { stage1, stage2 }, output: stage2 }
  },
})

/** For a network without blocks. */
export const noBlock: Block = defineBlock({
  name: 'testkit-block',
  package: '@onebit/testkit',
  convolutions: 1,
  apply: (inputs) => inputs,
})

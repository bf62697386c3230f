import * as tf from '@tensorflow/tfjs-core'
import { type ConvolutionAttributes, setGeometry } from './convolution-geometry.ts'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

interface Attributes extends ConvolutionAttributes {
  filterShape: number[]
}

/** The gradient of a depthwise convolution with respect to its filter, `[height, width, in, multiplier]`. */
export const depthwiseConv2dBackpropFilter: TrainingKernel = {
  kernelName: tf.DepthwiseConv2dNativeBackpropFilter,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'x' | 'dy', Attributes>(params)
    const { x, dy } = inputs
    return memory.call(({ wasm, input, output, scratch }) => {
      const [filterGradient, pointer] = output(attributes.filterShape)
      const xPointer = input(x)
      const dyPointer = input(dy)
      setGeometry(wasm, x.shape, attributes.filterShape, dy.shape, attributes)
      wasm.depthwiseFilterGradient(xPointer, dyPointer, pointer, scratch(wasm.depthwiseGradientScratch()))
      return filterGradient
    })
  },
}

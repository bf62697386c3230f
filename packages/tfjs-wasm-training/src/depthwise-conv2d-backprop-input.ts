import * as tf from '@tensorflow/tfjs-core'
import { type ConvolutionAttributes, setGeometry } from './convolution-geometry.ts'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

interface Attributes extends ConvolutionAttributes {
  inputShape: number[]
}

/** The gradient of a depthwise convolution with respect to its input, NHWC. */
export const depthwiseConv2dBackpropInput: TrainingKernel = {
  kernelName: tf.DepthwiseConv2dNativeBackpropInput,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'dy' | 'filter', Attributes>(params)
    const { dy, filter } = inputs
    return memory.call(({ wasm, input, output, scratch }) => {
      const [inputGradient, pointer] = output(attributes.inputShape)
      const dyPointer = input(dy)
      const filterPointer = input(filter)
      setGeometry(wasm, attributes.inputShape, filter.shape, dy.shape, attributes)
      wasm.depthwiseInputGradient(dyPointer, filterPointer, pointer, scratch(wasm.depthwiseGradientScratch()))
      return inputGradient
    })
  },
}

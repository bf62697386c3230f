import * as tf from '@tensorflow/tfjs-core'
import { type ConvolutionAttributes, setGeometry } from './convolution-geometry.ts'
import { KernelInputError } from './errors.ts'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

interface Attributes extends ConvolutionAttributes {
  dataFormat: 'NHWC' | 'NCHW'
  inputShape: number[]
}

/**
 * The gradient of a convolution with respect to its input, NHWC; also the forward pass of `tf.conv2dTranspose`.
 * The stock kernel is a plain loop; it keeps the data format NCHW.
 */
export const conv2DBackpropInput: TrainingKernel = {
  kernelName: tf.Conv2DBackpropInput,
  create: (memory, stock) => (params) => {
    const { inputs, attributes } = operandsOf<'dy' | 'filter', Attributes>(params)
    const { dy, filter } = inputs
    if (attributes.dataFormat === 'NCHW') {
      if (stock) return stock(params)
      throw new KernelInputError({
        what: 'Conv2DBackpropInput does not know this data format.',
        expected: `'NHWC'`,
        received: `'NCHW'`,
      })
    }
    return memory.call(({ wasm, input, output, scratch }) => {
      const [inputGradient, pointer] = output(attributes.inputShape)
      const dyPointer = input(dy)
      const filterPointer = input(filter)
      setGeometry(wasm, attributes.inputShape, filter.shape, dy.shape, attributes)
      wasm.convolutionInputGradient(dyPointer, filterPointer, pointer, scratch(wasm.convolutionInputGradientScratch()))
      return inputGradient
    })
  },
}

import * as tf from '@tensorflow/tfjs-core'
import { type ConvolutionAttributes, setGeometry } from './convolution-geometry.ts'
import { KernelInputError } from './errors.ts'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

interface Attributes extends ConvolutionAttributes {
  dataFormat: 'NHWC' | 'NCHW'
  filterShape: number[]
}

/** The gradient of a convolution with respect to its filter, `[height, width, in, out]`. Missing in tfjs-backend-wasm. */
export const conv2DBackpropFilter: TrainingKernel = {
  kernelName: tf.Conv2DBackpropFilter,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'x' | 'dy', Attributes>(params)
    const { x, dy } = inputs
    if (attributes.dataFormat === 'NCHW') {
      throw new KernelInputError({
        what: 'Conv2DBackpropFilter of the WebAssembly backend does not know this data format, nor does its Conv2D.',
        expected: `'NHWC'`,
        received: `'NCHW'`,
        fix: `Use the data format 'NHWC'.`,
      })
    }
    return memory.call(({ wasm, input, output, scratch }) => {
      const [filterGradient, pointer] = output(attributes.filterShape)
      const xPointer = input(x)
      const dyPointer = input(dy)
      setGeometry(wasm, x.shape, attributes.filterShape, dy.shape, attributes)
      wasm.convolutionFilterGradient(xPointer, dyPointer, pointer, scratch(wasm.convolutionFilterGradientScratch()))
      return filterGradient
    })
  },
}

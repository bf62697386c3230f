import * as tf from '@tensorflow/tfjs-core'
import type { KernelMemory } from './kernel-memory.ts'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

interface Attributes {
  filterSize: [number, number] | number
  strides: [number, number] | number
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** Runs a pooling gradient of the module on tensors of rank 4, NHWC. */
function run(memory: KernelMemory, input: tf.TensorInfo, dy: tf.TensorInfo, attributes: Attributes, name: 'max' | 'average') {
  const { filterSize, strides, pad, dimRoundingMode } = attributes
  const shape = input.shape as [number, number, number, number]
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
  return memory.call(({ wasm, input: address, output, scratch }) => {
    const [dx, pointer] = output(shape)
    wasm.setImages(...shape)
    wasm.setOutputs(dy.shape[1], dy.shape[2], dy.shape[3])
    wasm.setWindow(
      info.filterHeight,
      info.filterWidth,
      info.strideHeight,
      info.strideWidth,
      1,
      1,
      info.padInfo.top,
      info.padInfo.left,
    )
    const window = scratch(wasm.poolGradientScratch())
    if (name === 'max') wasm.maxPoolGradient(address(input), address(dy), pointer, window)
    else wasm.averagePoolGradient(address(dy), pointer, window)
    return dx
  })
}

/**
 * The gradient of `tf.maxPool` goes to the first largest value of each window, as on the cpu backend. The stock kernel of
 * the WebAssembly backend drops it if values of a window are equal. Behind a sign function, that is nearly everywhere.
 */
export const maxPoolGrad: TrainingKernel = {
  kernelName: tf.MaxPoolGrad,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'dy' | 'input', Attributes>(params)
    return run(memory, inputs.input, inputs.dy, attributes, 'max')
  },
}

/**
 * The gradient of `tf.avgPool`. Windows that reach over the border share it among the values inside the image, because the
 * forward pass averages only these. The stock kernels divide by the size of the full window, except in native TensorFlow.
 */
export const avgPoolGrad: TrainingKernel = {
  kernelName: tf.AvgPoolGrad,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'dy' | 'input', Attributes>(params)
    return run(memory, inputs.input, inputs.dy, attributes, 'average')
  },
}

import * as tf from '@tensorflow/tfjs-core'
import type { KernelExports } from './load-module.ts'

/** The common attributes of a convolution and its two gradients. `dilations` are 1 if tfjs leaves them out. */
export interface ConvolutionAttributes {
  strides: [number, number] | number
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  dilations?: [number, number] | number
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

type Shape4D = [number, number, number, number]

/** Passes the geometry of an NHWC convolution to the module. The next kernel call uses it. */
export function setGeometry(
  wasm: KernelExports,
  inputShape: number[],
  filterShape: number[],
  outputShape: number[],
  { strides, pad, dilations = 1, dimRoundingMode }: ConvolutionAttributes,
): void {
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  )
  const [images, rows, columns, channels] = inputShape
  wasm.setImages(images, rows, columns, channels)
  // Not `info.outHeight`: the stock gradient forgets `dimRoundingMode`, so only dy knows the size of the output.
  wasm.setOutputs(outputShape[1], outputShape[2], outputShape[3])
  wasm.setWindow(
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
  )
}

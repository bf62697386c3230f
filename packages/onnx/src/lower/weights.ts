/** Converts tensors of a graph for ONNX: bits become float32 +-1, output channels come first. */
import { elementCount, type GraphTensor, unpackSigns } from '@onebit/core'
import type { OnnxTensor } from '../onnx-model.ts'

export function realValues({ dtype, shape, data }: GraphTensor): Float32Array {
  return dtype === 'float32' ? data : Float32Array.from(unpackSigns(data, elementCount(shape)))
}

/** `[out, in / groups, height, width]`, from the graph's layout of real or of binary weights. */
export function kernelTensor(weights: GraphTensor): OnnxTensor {
  const values = realValues(weights)
  const [a, b, c, d] = weights.shape
  const [height, width, inputs, outputs] = weights.dtype === 'bit' ? [b, c, d, a] : [a, b, c, d]
  const position = (y: number, x: number, input: number, output: number): number =>
    weights.dtype === 'bit'
      ? ((output * height + y) * width + x) * inputs + input
      : ((y * width + x) * inputs + input) * outputs + output
  const data = new Float32Array(values.length)
  let next = 0
  for (let output = 0; output < outputs; output++)
    for (let input = 0; input < inputs; input++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[next++] = values[position(y, x, input, output)]
  return { shape: [outputs, inputs, height, width], data }
}

/** `[in, out, height, width]`, ONNX's layout for the kernel of a transposed convolution. */
export function transposedKernel(weights: GraphTensor): OnnxTensor {
  const { shape, data } = kernelTensor(weights)
  const [outputs, inputs, height, width] = shape
  const taps = height * width
  const values = Float32Array.from(data as Float32Array, (_, index) => {
    const [input, output] = [Math.floor(index / (outputs * taps)), Math.floor(index / taps) % outputs]
    return Number(data[(output * inputs + input) * taps + (index % taps)])
  })
  return { shape: [inputs, outputs, height, width], data: values }
}

/** `[in, out]` */
export function matrixTensor(weights: GraphTensor): OnnxTensor {
  const values = realValues(weights)
  if (weights.dtype === 'float32') return { shape: weights.shape, data: values }
  const [outputs, inputs] = weights.shape
  const data = Float32Array.from(values, (_, index) => values[(index % outputs) * inputs + Math.floor(index / outputs)])
  return { shape: [inputs, outputs], data }
}

/** Converts a latent kernel, outputs last, to the tensors and sums of its frozen form. */
import { elementCount, type FrozenQuantizer, frozenSign, frozenValue, type GraphTensor, packSigns } from '@onebit/core'
import { floatTensor } from './float-tensor.ts'

/** The kernel's bits, outputs first: `[out, height, width, in]` or `[out, in]`. */
export function kernelBits({ shape, data: weights }: GraphTensor, frozen: FrozenQuantizer): GraphTensor {
  const outputs = shape.at(-1)!
  const taps = weights.length / outputs
  const signs = new Int8Array(weights.length)
  for (let tap = 0; tap < taps; tap++) {
    for (let output = 0; output < outputs; output++)
      signs[output * taps + tap] = frozenSign(frozen, weights[tap * outputs + output], output)
  }
  return { dtype: 'bit', shape: [outputs, ...shape.slice(0, -1)], data: packSigns(signs) }
}

/** Bits that sum everything under the window, one output per group: `[groups, height, width, in / groups]` or `[1, in]`. */
export function windowBits({ shape }: GraphTensor, groups: number): GraphTensor {
  const window = [groups, ...shape.slice(0, -1)]
  return { dtype: 'bit', shape: window, data: packSigns(new Int8Array(elementCount(window)).fill(1)) }
}

/** The kernel's real values after quantization, outputs last. */
export function kernelValues({ shape, data: weights }: GraphTensor, frozen: FrozenQuantizer | undefined): GraphTensor {
  const outputs = shape.at(-1)!
  const quantized = (weight: number, index: number): number => (frozen ? frozenValue(frozen, weight, index % outputs) : weight)
  return floatTensor(Float32Array.from(weights, quantized), shape)
}

/** Quantized weights summed over the input channels of a group, in float64: `[height, width, out]` or `[out]`, row-major. */
export function kernelSums({ shape, data }: GraphTensor, frozen: FrozenQuantizer): Float64Array {
  const [channels, outputs] = shape.slice(-2)
  const sums = new Float64Array(data.length / channels)
  data.forEach((weight, index) => {
    const output = index % outputs
    sums[Math.floor(index / (channels * outputs)) * outputs + output] += frozenValue(frozen, weight, output)
  })
  return sums
}

/** Transposes `[height, width, out, in]`, TensorFlow's layout for transposed convolutions, to `[height, width, in, out]`. */
export function outputsBeforeInputs({ shape, data }: GraphTensor): GraphTensor {
  const [height, width, outputs, inputs] = shape
  const values = new Float32Array(data.length)
  for (let tap = 0; tap < height * width; tap++) {
    for (let output = 0; output < outputs; output++) {
      for (let input = 0; input < inputs; input++) {
        values[(tap * inputs + input) * outputs + output] = data[(tap * outputs + output) * inputs + input]
      }
    }
  }
  return floatTensor(values, [height, width, inputs, outputs])
}

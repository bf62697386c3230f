/** A latent kernel, outputs last, as the tensors and sums that its frozen form needs. */
import { type FrozenQuantizer, frozenSign, frozenValue, type GraphTensor, packSigns } from '@onebit/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { floatTensor } from './float-tensor.ts'

/** The kernel's bits, outputs first: `[out, height, width, in]` or `[out, in]`. */
export function kernelBits(kernel: Tensor, frozen: FrozenQuantizer): GraphTensor {
  const outputs = kernel.shape.at(-1)!
  const weights = kernel.dataSync()
  const taps = weights.length / outputs
  const signs = new Int8Array(weights.length)
  for (let tap = 0; tap < taps; tap++) {
    for (let output = 0; output < outputs; output++)
      signs[output * taps + tap] = frozenSign(frozen, weights[tap * outputs + output], output)
  }
  return { dtype: 'bit', shape: [outputs, ...kernel.shape.slice(0, -1)], data: packSigns(signs) }
}

/** Bits that add up everything under the window, one output: `[1, height, width, in]` or `[1, in]`. */
export function windowBits(kernel: Tensor): GraphTensor {
  const shape = [1, ...kernel.shape.slice(0, -1)]
  return { dtype: 'bit', shape, data: packSigns(new Int8Array(kernel.size / kernel.shape.at(-1)!).fill(1)) }
}

/** The kernel's real values after quantization, outputs last. */
export function kernelValues(kernel: Tensor, frozen: FrozenQuantizer | undefined): GraphTensor {
  const outputs = kernel.shape.at(-1)!
  const weights = kernel.dataSync()
  const values = frozen ? Float32Array.from(weights, (weight, index) => frozenValue(frozen, weight, index % outputs)) : weights
  return floatTensor(values, kernel.shape)
}

/** Quantized weights summed over the input channels, in float64: `[height, width, out]` or `[out]`, row-major. */
export function kernelSums(kernel: Tensor, frozen: FrozenQuantizer): Float64Array {
  const [channels, outputs] = kernel.shape.slice(-2)
  const sums = new Float64Array(kernel.size / channels)
  kernel.dataSync().forEach((weight, index) => {
    const output = index % outputs
    sums[Math.floor(index / (channels * outputs)) * outputs + output] += frozenValue(frozen, weight, output)
  })
  return sums
}

/** `[height, width, out, in]`, in which TensorFlow keeps kernels of transposed convolutions, as `[height, width, in, out]`. */
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

/**
 * Convolutions as plain loops over the definition. Weights arrive in one layout, `[out, height, width, in / groups]`, and
 * every output is summed over kernel rows, kernel columns and channels in that order.
 */
import type { ConvolutionAttributes, PaddingValue, TransposedConvolutionAttributes } from '../graph/ops/convolution.ts'
import type { ReferenceValue, Values } from './values.ts'

type Image = readonly [number, number, number]

export interface Kernel {
  /** `[out, height, width, in / groups]` */
  readonly weights: Values
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly outputs: number
}

/** `sum + x * w`, in integers or with each step rounded to float32. */
type MultiplyAdd = (sum: number, x: number, w: number) => number
const exact: MultiplyAdd = (sum, x, w) => sum + x * w
const rounded: MultiplyAdd = (sum, x, w) => Math.fround(sum + Math.fround(x * w))

const paddingValues: Record<PaddingValue, number> = { zero: 0, one: 1, 'minus-one': -1 }

/** Float weights `[height, width, in, out]` as `[out, height, width, in]`. */
export function outputsFirst(weights: Values, outputs: number): Float32Array {
  const taps = weights.length / outputs
  const result = new Float32Array(weights.length)
  for (let tap = 0; tap < taps; tap++) {
    for (let output = 0; output < outputs; output++) result[output * taps + tap] = weights[tap * outputs + output]
  }
  return result
}

/** @param paddingValue What a tap outside the input reads; 'zero' skips the tap. */
export function convolve(
  input: ReferenceValue,
  kernel: Kernel,
  attributes: ConvolutionAttributes,
  paddingValue: PaddingValue,
  output: ReferenceValue,
  batch: number,
): void {
  const [height, width, channels] = input.shape as Image
  const [outputHeight, outputWidth, outputs] = output.shape as Image
  const { strides, dilations, padding, groups } = attributes
  const [top, , left] = padding
  const outside = paddingValues[paddingValue]
  const multiplyAdd = output.dtype === 'int32' ? exact : rounded
  const groupOutputs = outputs / groups
  let next = 0
  for (let sample = 0; sample < batch; sample++) {
    for (let y = 0; y < outputHeight; y++) {
      for (let x = 0; x < outputWidth; x++) {
        for (let out = 0; out < outputs; out++) {
          const firstChannel = Math.floor(out / groupOutputs) * kernel.channels
          let sum = 0
          let weight = out * kernel.height * kernel.width * kernel.channels
          for (let ky = 0; ky < kernel.height; ky++) {
            const row = y * strides[0] - top + ky * dilations[0]
            for (let kx = 0; kx < kernel.width; kx++) {
              const column = x * strides[1] - left + kx * dilations[1]
              const inside = row >= 0 && row < height && column >= 0 && column < width
              const pixel = ((sample * height + row) * width + column) * channels + firstChannel
              for (let channel = 0; channel < kernel.channels; channel++, weight++) {
                if (inside) sum = multiplyAdd(sum, input.data[pixel + channel], kernel.weights[weight])
                else if (outside !== 0) sum = multiplyAdd(sum, outside, kernel.weights[weight])
              }
            }
          }
          output.data[next++] = sum
        }
      }
    }
  }
}

/** Each output gathers the inputs whose stride lands on it through some tap. */
export function convolveTransposed(
  input: ReferenceValue,
  kernel: Kernel,
  attributes: TransposedConvolutionAttributes,
  output: ReferenceValue,
  batch: number,
): void {
  const [height, width, channels] = input.shape as Image
  const [outputHeight, outputWidth, outputs] = output.shape as Image
  const { strides, dilations, padding } = attributes
  const [top, , left] = padding
  const multiplyAdd = output.dtype === 'int32' ? exact : rounded
  let next = 0
  for (let sample = 0; sample < batch; sample++) {
    for (let y = 0; y < outputHeight; y++) {
      for (let x = 0; x < outputWidth; x++) {
        for (let out = 0; out < outputs; out++) {
          let sum = 0
          for (let ky = 0; ky < kernel.height; ky++) {
            const row = (y + top - ky * dilations[0]) / strides[0]
            if (!Number.isInteger(row) || row < 0 || row >= height) continue
            for (let kx = 0; kx < kernel.width; kx++) {
              const column = (x + left - kx * dilations[1]) / strides[1]
              if (!Number.isInteger(column) || column < 0 || column >= width) continue
              const pixel = ((sample * height + row) * width + column) * channels
              const weight = ((out * kernel.height + ky) * kernel.width + kx) * channels
              for (let channel = 0; channel < channels; channel++) {
                sum = multiplyAdd(sum, input.data[pixel + channel], kernel.weights[weight + channel])
              }
            }
          }
          output.data[next++] = sum
        }
      }
    }
  }
}

/** Adds `bias[channel]` to every output, rounding to float32. */
export function addBias(output: ReferenceValue, bias: Values): void {
  for (let i = 0; i < output.data.length; i++) output.data[i] = output.data[i] + bias[i % bias.length]
}

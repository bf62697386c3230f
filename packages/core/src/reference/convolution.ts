/**
 * Convolutions as plain loops over the definition. Weights arrive in one layout, `[height, width, in / groups, out]`. Every
 * output sums over kernel rows, kernel columns and channels in that order. The innermost loop runs over the outputs of one position,
 * which are neighbors in memory.
 */
import type { ConvolutionAttributes, PaddingValue, TransposedConvolutionAttributes } from '../graph/ops/convolution.ts'
import type { ReferenceValue, Values } from './values.ts'

type Image = readonly [number, number, number]

export interface Kernel {
  /** `[height, width, in / groups, out]` */
  readonly weights: Values
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly outputs: number
}

/** One tap adds to neighboring outputs the product of input and weight, for each of its channels in turn. */
interface Tap<Numbers extends Values, Sums extends Values> {
  readonly input: Numbers
  /** Index in `input` of the tap's first channel. */
  pixel: number
  readonly weights: Numbers
  /** Index of the first channel's weights. Those of the next channel follow `outputs` later. */
  weight: number
  readonly sums: Sums
  /** Index in `sums` of the first output. */
  sum: number
}

/**
 * Adds integers. Its twin below is a function of its own, so that each loop sees one type of array. Both take four channels at a time, in
 * order. That saves three of four reads and writes of the sums and makes them three times as fast.
 */
function addExact(tap: Tap<Int8Array, Int32Array>, channels: number, count: number, outputs: number): void {
  const { input, pixel, weights, weight, sums, sum } = tap
  let channel = 0
  for (; channel + 4 <= channels; channel += 4) {
    const a = input[pixel + channel]
    const b = input[pixel + channel + 1]
    const c = input[pixel + channel + 2]
    const d = input[pixel + channel + 3]
    const weightA = weight + channel * outputs
    const weightB = weightA + outputs
    const weightC = weightB + outputs
    const weightD = weightC + outputs
    for (let out = 0; out < count; out++) {
      const left = a * weights[weightA + out] + b * weights[weightB + out]
      sums[sum + out] += left + c * weights[weightC + out] + d * weights[weightD + out]
    }
  }
  for (; channel < channels; channel++) {
    const x = input[pixel + channel]
    const first = weight + channel * outputs
    for (let out = 0; out < count; out++) sums[sum + out] += x * weights[first + out]
  }
}

/** Rounds each product and each sum to float32. */
function addRounded(tap: Tap<Float32Array, Float32Array>, channels: number, count: number, outputs: number): void {
  const { input, pixel, weights, weight, sums, sum } = tap
  let channel = 0
  for (; channel + 4 <= channels; channel += 4) {
    const a = input[pixel + channel]
    const b = input[pixel + channel + 1]
    const c = input[pixel + channel + 2]
    const d = input[pixel + channel + 3]
    const weightA = weight + channel * outputs
    const weightB = weightA + outputs
    const weightC = weightB + outputs
    const weightD = weightC + outputs
    for (let out = 0; out < count; out++) {
      let total = Math.fround(sums[sum + out] + Math.fround(a * weights[weightA + out]))
      total = Math.fround(total + Math.fround(b * weights[weightB + out]))
      total = Math.fround(total + Math.fround(c * weights[weightC + out]))
      sums[sum + out] = total + Math.fround(d * weights[weightD + out])
    }
  }
  for (; channel < channels; channel++) {
    const x = input[pixel + channel]
    const first = weight + channel * outputs
    for (let out = 0; out < count; out++) sums[sum + out] += Math.fround(x * weights[first + out])
  }
}

function addTapTo(output: ReferenceValue): (tap: Tap<Values, Values>, channels: number, count: number, outputs: number) => void {
  return (output.dtype === 'int32' ? addExact : addRounded) as (tap: Tap<Values, Values>) => void
}

const paddingValues: Record<PaddingValue, number> = { zero: 0, one: 1, 'minus-one': -1 }

/** Weights `[out, height, width, in]` as `[height, width, in, out]`. */
export function outputsLast<Numbers extends Values>(weights: Numbers, outputs: number): Numbers {
  const taps = weights.length / outputs
  const result = weights.slice() as Numbers
  for (let tap = 0; tap < taps; tap++) {
    for (let output = 0; output < outputs; output++) result[tap * outputs + output] = weights[output * taps + tap]
  }
  return result
}

/**
 * @param output Zeros, to which the sums are added.
 * @param paddingValue The value that a tap outside the input reads. 'zero' skips the tap.
 */
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
  const groupOutputs = outputs / groups
  const addTap = addTapTo(output)
  const inside = { input: input.data, pixel: 0, weights: kernel.weights, weight: 0, sums: output.data, sum: 0 }
  const outside = { ...inside, input: new Int8Array(kernel.channels).fill(paddingValues[paddingValue]) }
  const sumWindow = (sample: number, y: number, x: number): void => {
    const position = (sample * outputHeight + y) * outputWidth + x
    for (let ky = 0; ky < kernel.height; ky++) {
      const row = y * strides[0] - top + ky * dilations[0]
      for (let kx = 0; kx < kernel.width; kx++) {
        const column = x * strides[1] - left + kx * dilations[1]
        const isInside = row >= 0 && row < height && column >= 0 && column < width
        if (!isInside && paddingValue === 'zero') continue
        const tap = isInside ? inside : outside
        for (let group = 0; group < groups; group++) {
          if (isInside) tap.pixel = ((sample * height + row) * width + column) * channels + group * kernel.channels
          tap.weight = (ky * kernel.width + kx) * kernel.channels * outputs + group * groupOutputs
          tap.sum = position * outputs + group * groupOutputs
          addTap(tap, kernel.channels, groupOutputs, outputs)
        }
      }
    }
  }
  for (let sample = 0; sample < batch; sample++) {
    for (let y = 0; y < outputHeight; y++) {
      for (let x = 0; x < outputWidth; x++) sumWindow(sample, y, x)
    }
  }
}

/**
 * Each tap spreads every input to an output. Inputs land a stride apart, and each output meets its taps in the order of its sum. So a
 * layer takes no longer than it has products, whatever lies between its strides.
 * @param output Zeros, to which the sums are added.
 */
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
  const addTap = addTapTo(output)
  const tap = { input: input.data, pixel: 0, weights: kernel.weights, weight: 0, sums: output.data, sum: 0 }
  for (let index = 0; index < kernel.height * kernel.width; index++) {
    const [ky, kx] = [Math.floor(index / kernel.width), index % kernel.width]
    tap.weight = index * channels * outputs
    for (let pixel = 0; pixel < batch * height * width; pixel++) {
      const [row, column] = [Math.floor(pixel / width) % height, pixel % width]
      const y = row * strides[0] - top + ky * dilations[0]
      const x = column * strides[1] - left + kx * dilations[1]
      if (y < 0 || y >= outputHeight || x < 0 || x >= outputWidth) continue
      const sample = Math.floor(pixel / (height * width))
      tap.pixel = pixel * channels
      tap.sum = ((sample * outputHeight + y) * outputWidth + x) * outputs
      addTap(tap, channels, outputs, outputs)
    }
  }
}

/** Adds `bias[channel]` to every output, rounding to float32. */
export function addBias(output: ReferenceValue, bias: Values): void {
  for (let i = 0; i < output.data.length; i++) output.data[i] = output.data[i] + bias[i % bias.length]
}

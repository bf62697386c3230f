/** Depthwise real convolution: one output per channel, lanes are channels. Weights are `[taps][channels]`. */
import { tapIndex, tapPixel } from './taps'

export function depthwiseConv(
  input: usize, output: usize, weights: usize, bias: usize, rows: usize, columns: usize,
  width: i32, outputWidth: i32, kernelHeight: i32, kernelWidth: i32, channels: i32, fromPixel: i32, toPixel: i32,
): void {
  const pixelBytes = channels << 2
  for (let pixel = fromPixel; pixel < toPixel; pixel++) {
    const y = pixel / outputWidth
    const x = pixel % outputWidth
    memory.fill(output, 0, pixelBytes)
    let tapWeights = weights
    for (let ky = 0; ky < kernelHeight; ky++) {
      const row = tapIndex(rows, y, kernelHeight, ky)
      for (let kx = 0; kx < kernelWidth; kx++) {
        const source = tapPixel(row, tapIndex(columns, x, kernelWidth, kx), width)
        if (source >= 0) accumulate(input + source * pixelBytes, tapWeights, output, pixelBytes)
        tapWeights += pixelBytes
      }
    }
    for (let i = 0; i < pixelBytes; i += 4) store<f32>(output + i, load<f32>(output + i) + load<f32>(bias + i))
    output += pixelBytes
  }
}

function accumulate(from: usize, weights: usize, output: usize, bytes: i32): void {
  let i = 0
  for (; i + 16 <= bytes; i += 16) {
    const product = f32x4.mul(v128.load(from + i), v128.load(weights + i))
    v128.store(output + i, f32x4.add(v128.load(output + i), product))
  }
  for (; i < bytes; i += 4) {
    store<f32>(output + i, load<f32>(output + i) + load<f32>(from + i) * load<f32>(weights + i))
  }
}

/** Pools. A window is clipped to the input first, so no tap needs a check; lanes are channels. */

/** First row or column of the clipped window. */
@inline
function start(position: i32, stride: i32, before: i32): i32 {
  return max(position * stride - before, 0)
}

/** Row or column after the last of the clipped window. */
@inline
function end(position: i32, stride: i32, before: i32, size: i32, limit: i32): i32 {
  return min(position * stride - before + size, limit)
}

export function maxPool(
  input: usize, output: usize, height: i32, width: i32, channels: i32, outputHeight: i32, outputWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixelBytes = channels << 2
  const lowest: f32 = -<f32>Infinity
  for (let y = 0; y < outputHeight; y++) {
    const rowEnd = end(y, strideY, top, windowHeight, height)
    for (let x = 0; x < outputWidth; x++) {
      const columnEnd = end(x, strideX, left, windowWidth, width)
      let channel = 0
      for (; channel + 16 <= pixelBytes; channel += 16) {
        let largest = f32x4.splat(lowest)
        for (let row = start(y, strideY, top); row < rowEnd; row++) {
          for (let column = start(x, strideX, left); column < columnEnd; column++) {
            const value = v128.load(input + (row * width + column) * pixelBytes + channel)
            largest = v128.bitselect(value, largest, f32x4.gt(value, largest))
          }
        }
        v128.store(output + channel, largest)
      }
      for (; channel < pixelBytes; channel += 4) {
        let largest = lowest
        for (let row = start(y, strideY, top); row < rowEnd; row++) {
          for (let column = start(x, strideX, left); column < columnEnd; column++) {
            const value = load<f32>(input + (row * width + column) * pixelBytes + channel)
            largest = value > largest ? value : largest
          }
        }
        store<f32>(output + channel, largest)
      }
      output += pixelBytes
    }
  }
}

/** The largest of some signs is the OR of their bits. */
export function maxPoolBits(
  input: usize, output: usize, height: i32, width: i32, pixelBytes: i32, outputHeight: i32, outputWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  for (let y = 0; y < outputHeight; y++) {
    const rowEnd = end(y, strideY, top, windowHeight, height)
    for (let x = 0; x < outputWidth; x++) {
      const columnEnd = end(x, strideX, left, windowWidth, width)
      for (let byte = 0; byte < pixelBytes; byte++) {
        let any: u32 = 0
        for (let row = start(y, strideY, top); row < rowEnd; row++) {
          for (let column = start(x, strideX, left); column < columnEnd; column++) {
            any |= load<u8>(input + (row * width + column) * pixelBytes + byte)
          }
        }
        store<u8>(output + byte, any)
      }
      output += pixelBytes
    }
  }
}

/** `taps` is the divisor, or 0 to divide by the number of taps inside the input. */
export function averagePool(
  input: usize, output: usize, height: i32, width: i32, channels: i32, outputHeight: i32, outputWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32, taps: i32,
): void {
  const pixelBytes = channels << 2
  for (let y = 0; y < outputHeight; y++) {
    const rowStart = start(y, strideY, top)
    const rowEnd = end(y, strideY, top, windowHeight, height)
    for (let x = 0; x < outputWidth; x++) {
      const columnStart = start(x, strideX, left)
      const columnEnd = end(x, strideX, left, windowWidth, width)
      const divisor = <f32>(taps ? taps : (rowEnd - rowStart) * (columnEnd - columnStart))
      let channel = 0
      for (; channel + 16 <= pixelBytes; channel += 16) {
        let sum = f32x4.splat(0)
        for (let row = rowStart; row < rowEnd; row++) {
          for (let column = columnStart; column < columnEnd; column++) {
            sum = f32x4.add(sum, v128.load(input + (row * width + column) * pixelBytes + channel))
          }
        }
        v128.store(output + channel, f32x4.div(sum, f32x4.splat(divisor)))
      }
      for (; channel < pixelBytes; channel += 4) {
        let sum: f32 = 0
        for (let row = rowStart; row < rowEnd; row++) {
          for (let column = columnStart; column < columnEnd; column++) {
            sum += load<f32>(input + (row * width + column) * pixelBytes + channel)
          }
        }
        store<f32>(output + channel, sum / divisor)
      }
      output += pixelBytes
    }
  }
}

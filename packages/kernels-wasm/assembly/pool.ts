/** Pools. They first clip a window to the input, so no tap needs a check. */
import { MAXIMUM, MEAN, poolPixels } from './pool-window'

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

function largest(
  window: usize,
  pixels: i32,
  stepBytes: i32,
  bytes: i32,
  rowBytes: i32,
  windowBytes: i32,
  pixelBytes: i32,
  output: usize,
): void {
  poolPixels(MAXIMUM, window, pixels, stepBytes, bytes, rowBytes, windowBytes, pixelBytes, output, 1)
}

function mean(
  window: usize,
  pixels: i32,
  stepBytes: i32,
  bytes: i32,
  rowBytes: i32,
  windowBytes: i32,
  pixelBytes: i32,
  output: usize,
  divisor: f32,
): void {
  poolPixels(MEAN, window, pixels, stepBytes, bytes, rowBytes, windowBytes, pixelBytes, output, divisor)
}

/** `taps` is the divisor of a mean, or 0 to divide by the number of taps inside the input. */
@inline
function pool(
  kind: i32,
  input: usize,
  output: usize,
  height: i32,
  width: i32,
  channels: i32,
  outputHeight: i32,
  outputWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  taps: f32,
): void {
  const pixelBytes = channels << 2
  const rowBytes = width * pixelBytes
  for (let y = 0; y < outputHeight; y++) {
    const rowStart = start(y, strideY, top)
    const rows = end(y, strideY, top, windowHeight, height) - rowStart
    for (let x = 0; x < outputWidth; ) {
      const columnStart = start(x, strideX, left)
      const columns = end(x, strideX, left, windowWidth, width) - columnStart
      // A window that is not clipped begins a run of such windows.
      const pixels = columns === windowWidth ? min((width - columnStart - windowWidth) / strideX + 1, outputWidth - x) : 1
      const window = input + rowStart * rowBytes + columnStart * pixelBytes
      const bytes = rows * rowBytes
      const windowBytes = columns * pixelBytes
      if (kind === MAXIMUM) {
        largest(window, pixels, strideX * pixelBytes, bytes, rowBytes, windowBytes, pixelBytes, output)
      } else {
        const divisor = taps ? taps : <f32>(rows * columns)
        mean(window, pixels, strideX * pixelBytes, bytes, rowBytes, windowBytes, pixelBytes, output, divisor)
      }
      output += pixels * pixelBytes
      x += pixels
    }
  }
}

export function maxPool(
  input: usize,
  output: usize,
  height: i32,
  width: i32,
  channels: i32,
  outputHeight: i32,
  outputWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
): void {
  pool(
    MAXIMUM,
    input,
    output,
    height,
    width,
    channels,
    outputHeight,
    outputWidth,
    windowHeight,
    windowWidth,
    strideY,
    strideX,
    top,
    left,
    1,
  )
}

export function averagePool(
  input: usize,
  output: usize,
  height: i32,
  width: i32,
  channels: i32,
  outputHeight: i32,
  outputWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  taps: f32,
): void {
  pool(
    MEAN,
    input,
    output,
    height,
    width,
    channels,
    outputHeight,
    outputWidth,
    windowHeight,
    windowWidth,
    strideY,
    strideX,
    top,
    left,
    taps,
  )
}

/** The largest of some signs is the OR of their bits. */
export function maxPoolBits(
  input: usize,
  output: usize,
  height: i32,
  width: i32,
  pixelBytes: i32,
  outputHeight: i32,
  outputWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
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

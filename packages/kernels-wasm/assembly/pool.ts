/**
 * Pools. A window is clipped to the input first, so no tap needs a check. Lanes are channels, 16 at a time as far as they go, then
 * 4; the last 4 may take some once more. Fewer than 4 channels go one by one.
 */

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

@inline const MAXIMUM = 0
@inline const SUM = 1

@inline
function combine(kind: i32, a: v128, b: v128): v128 {
  return kind == MAXIMUM ? f32x4.pmax(a, b) : f32x4.add(a, b)
}

@inline
function combineOne(kind: i32, a: f32, b: f32): f32 {
  return kind == MAXIMUM ? (b > a ? b : a) : a + b
}

@inline
function finish(kind: i32, x: v128, divisor: v128): v128 {
  return kind == MAXIMUM ? x : f32x4.div(x, divisor)
}

/** One output pixel. `window` is the address of the clipped window's first pixel, `rowEnd` that of its row after the last. */
@inline
function poolPixel(
  kind: i32, window: usize, rowEnd: usize, rowBytes: i32, windowBytes: i32, pixelBytes: i32, output: usize, divisor: f32,
): void {
  const first: f32 = kind == MAXIMUM ? -<f32>Infinity : 0
  const divisors = f32x4.splat(divisor)
  let at = 0
  for (; at + 64 <= pixelBytes; at += 64) {
    let x0 = f32x4.splat(first)
    let x1 = x0
    let x2 = x0
    let x3 = x0
    for (let row = window + at; row < rowEnd; row += rowBytes) {
      for (let pixel = row, last = row + windowBytes; pixel < last; pixel += pixelBytes) {
        x0 = combine(kind, x0, v128.load(pixel))
        x1 = combine(kind, x1, v128.load(pixel, 16))
        x2 = combine(kind, x2, v128.load(pixel, 32))
        x3 = combine(kind, x3, v128.load(pixel, 48))
      }
    }
    v128.store(output + at, finish(kind, x0, divisors))
    v128.store(output + at, finish(kind, x1, divisors), 16)
    v128.store(output + at, finish(kind, x2, divisors), 32)
    v128.store(output + at, finish(kind, x3, divisors), 48)
  }
  for (; at < pixelBytes && pixelBytes >= 16; at += 16) {
    at = min(at, pixelBytes - 16)
    let x = f32x4.splat(first)
    for (let row = window + at; row < rowEnd; row += rowBytes) {
      for (let pixel = row, last = row + windowBytes; pixel < last; pixel += pixelBytes) x = combine(kind, x, v128.load(pixel))
    }
    v128.store(output + at, finish(kind, x, divisors))
  }
  for (; at < pixelBytes; at += 4) {
    let x = first
    for (let row = window + at; row < rowEnd; row += rowBytes) {
      for (let pixel = row, last = row + windowBytes; pixel < last; pixel += pixelBytes) x = combineOne(kind, x, load<f32>(pixel))
    }
    store<f32>(output + at, kind == MAXIMUM ? x : x / divisor)
  }
}

/** `taps` is the divisor of a mean, or 0 to divide by the number of taps inside the input. */
@inline
function pool(
  kind: i32, input: usize, output: usize, height: i32, width: i32, channels: i32, outputHeight: i32, outputWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32, taps: i32,
): void {
  const pixelBytes = channels << 2
  const rowBytes = width * pixelBytes
  for (let y = 0; y < outputHeight; y++) {
    const rowStart = start(y, strideY, top)
    const rowEnd = end(y, strideY, top, windowHeight, height)
    for (let x = 0; x < outputWidth; x++) {
      const columnStart = start(x, strideX, left)
      const columns = end(x, strideX, left, windowWidth, width) - columnStart
      const divisor = taps ? taps : (rowEnd - rowStart) * columns
      const window = input + rowStart * rowBytes + columnStart * pixelBytes
      const windowEnd = input + rowEnd * rowBytes
      poolPixel(kind, window, windowEnd, rowBytes, columns * pixelBytes, pixelBytes, output, <f32>divisor)
      output += pixelBytes
    }
  }
}

export function maxPool(
  input: usize, output: usize, height: i32, width: i32, channels: i32, outputHeight: i32, outputWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  pool(MAXIMUM, input, output, height, width, channels, outputHeight, outputWidth, windowHeight, windowWidth, strideY, strideX, top, left, 1)
}

export function averagePool(
  input: usize, output: usize, height: i32, width: i32, channels: i32, outputHeight: i32, outputWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32, taps: i32,
): void {
  pool(SUM, input, output, height, width, channels, outputHeight, outputWidth, windowHeight, windowWidth, strideY, strideX, top, left, taps)
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

/**
 * Combines the windows of a pool in registers, for one output pixel or two. Lanes are channels, 16 at a time while enough are left,
 * then 4. The last 4 may compute some channels again.
 */
import { storePart } from './store-outputs'

@inline export const MAXIMUM = 0
@inline export const MEAN = 1

@inline
function combine(kind: i32, a: v128, b: v128): v128 {
  return kind === MAXIMUM ? f32x4.pmax(a, b) : f32x4.add(a, b)
}

@inline
function storeVector(kind: i32, output: usize, x: v128, divisor: v128): void {
  v128.store(output, kind === MAXIMUM ? x : f32x4.div(x, divisor))
}

/** 16 channels of one output. */
@inline
function oneWindow(
  kind: i32,
  window: usize,
  bytes: i32,
  rowBytes: i32,
  windowBytes: i32,
  pixelBytes: i32,
  output: usize,
  first: v128,
  divisor: v128,
): void {
  let x0 = first
  let x1 = first
  let x2 = first
  let x3 = first
  for (let row = window, end = window + bytes; row < end; row += rowBytes) {
    for (let pixel = row, last = row + windowBytes; pixel < last; pixel += pixelBytes) {
      x0 = combine(kind, x0, v128.load(pixel))
      x1 = combine(kind, x1, v128.load(pixel, 16))
      x2 = combine(kind, x2, v128.load(pixel, 32))
      x3 = combine(kind, x3, v128.load(pixel, 48))
    }
  }
  storeVector(kind, output, x0, divisor)
  storeVector(kind, output + 16, x1, divisor)
  storeVector(kind, output + 32, x2, divisor)
  storeVector(kind, output + 48, x3, divisor)
}

/** 16 channels of two neighboring outputs with overlapping windows. Values in both windows are loaded once. */
@inline
function twoWindows(
  kind: i32,
  window: usize,
  stepBytes: i32,
  bytes: i32,
  rowBytes: i32,
  windowBytes: i32,
  pixelBytes: i32,
  output: usize,
  first: v128,
  divisor: v128,
): void {
  let x0 = first
  let x1 = first
  let x2 = first
  let x3 = first
  let y0 = first
  let y1 = first
  let y2 = first
  let y3 = first
  for (let row = window, end = window + bytes; row < end; row += rowBytes) {
    let pixel = row
    for (const last = row + stepBytes; pixel < last; pixel += pixelBytes) {
      x0 = combine(kind, x0, v128.load(pixel))
      x1 = combine(kind, x1, v128.load(pixel, 16))
      x2 = combine(kind, x2, v128.load(pixel, 32))
      x3 = combine(kind, x3, v128.load(pixel, 48))
    }
    for (const last = row + windowBytes; pixel < last; pixel += pixelBytes) {
      const a = v128.load(pixel)
      x0 = combine(kind, x0, a)
      y0 = combine(kind, y0, a)
      const b = v128.load(pixel, 16)
      x1 = combine(kind, x1, b)
      y1 = combine(kind, y1, b)
      const c = v128.load(pixel, 32)
      x2 = combine(kind, x2, c)
      y2 = combine(kind, y2, c)
      const d = v128.load(pixel, 48)
      x3 = combine(kind, x3, d)
      y3 = combine(kind, y3, d)
    }
    for (const last = row + windowBytes + stepBytes; pixel < last; pixel += pixelBytes) {
      y0 = combine(kind, y0, v128.load(pixel))
      y1 = combine(kind, y1, v128.load(pixel, 16))
      y2 = combine(kind, y2, v128.load(pixel, 32))
      y3 = combine(kind, y3, v128.load(pixel, 48))
    }
  }
  storeVector(kind, output, x0, divisor)
  storeVector(kind, output + 16, x1, divisor)
  storeVector(kind, output + 32, x2, divisor)
  storeVector(kind, output + 48, x3, divisor)
  const next = output + pixelBytes
  storeVector(kind, next, y0, divisor)
  storeVector(kind, next + 16, y1, divisor)
  storeVector(kind, next + 32, y2, divisor)
  storeVector(kind, next + 48, y3, divisor)
}

/** 8 channels of such windows with 3 columns, 2 columns apart, without a loop of so few rounds. */
@inline
function twoWindowsOfThree(
  kind: i32,
  window: usize,
  bytes: i32,
  rowBytes: i32,
  pixelBytes: i32,
  output: usize,
  first: v128,
  divisor: v128,
): void {
  let x0 = first
  let x1 = first
  let y0 = first
  let y1 = first
  for (let row = window, end = window + bytes; row < end; row += rowBytes) {
    let pixel = row
    x0 = combine(kind, x0, v128.load(pixel))
    x1 = combine(kind, x1, v128.load(pixel, 16))
    pixel += pixelBytes
    x0 = combine(kind, x0, v128.load(pixel))
    x1 = combine(kind, x1, v128.load(pixel, 16))
    pixel += pixelBytes
    const a = v128.load(pixel)
    const b = v128.load(pixel, 16)
    x0 = combine(kind, x0, a)
    x1 = combine(kind, x1, b)
    y0 = combine(kind, y0, a)
    y1 = combine(kind, y1, b)
    pixel += pixelBytes
    y0 = combine(kind, y0, v128.load(pixel))
    y1 = combine(kind, y1, v128.load(pixel, 16))
    pixel += pixelBytes
    y0 = combine(kind, y0, v128.load(pixel))
    y1 = combine(kind, y1, v128.load(pixel, 16))
  }
  storeVector(kind, output, x0, divisor)
  storeVector(kind, output + 16, x1, divisor)
  storeVector(kind, output + pixelBytes, y0, divisor)
  storeVector(kind, output + pixelBytes + 16, y1, divisor)
}

/** The channels from byte `at` on of one output. */
@inline
function lastChannels(
  kind: i32,
  window: usize,
  at: i32,
  bytes: i32,
  rowBytes: i32,
  windowBytes: i32,
  pixelBytes: i32,
  output: usize,
  first: v128,
  divisor: v128,
): void {
  for (; at < pixelBytes; at += 16) {
    const channel = min(at, max(pixelBytes - 16, 0))
    let x = first
    for (let row = window + channel, end = row + bytes; row < end; row += rowBytes) {
      for (let pixel = row, last = row + windowBytes; pixel < last; pixel += pixelBytes) x = combine(kind, x, v128.load(pixel))
    }
    storePart(output + channel, kind === MAXIMUM ? x : f32x4.div(x, divisor), (pixelBytes - channel) >> 2)
  }
}

/**
 * Neighboring output pixels with windows inside the input, `stepBytes` apart. `window` is the address of the first. A window has
 * `bytes` from its first row to the row after its last, and `windowBytes` in a row.
 */
@inline
export function poolPixels(
  kind: i32,
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
  const first = f32x4.splat(kind === MAXIMUM ? -(<f32>Infinity) : 0)
  const divisors = f32x4.splat(divisor)
  const wholeBytes = pixelBytes & ~63
  const isThreeByTwo = windowBytes === 3 * pixelBytes && stepBytes === 2 * pixelBytes
  for (; pixels > 1 && stepBytes < windowBytes; pixels -= 2) {
    if (isThreeByTwo) {
      for (let at = 0; at < wholeBytes; at += 32) {
        twoWindowsOfThree(kind, window + at, bytes, rowBytes, pixelBytes, output + at, first, divisors)
      }
    } else {
      for (let at = 0; at < wholeBytes; at += 64) {
        twoWindows(kind, window + at, stepBytes, bytes, rowBytes, windowBytes, pixelBytes, output + at, first, divisors)
      }
    }
    for (const next = output + pixelBytes; output <= next; output += pixelBytes) {
      lastChannels(kind, window, wholeBytes, bytes, rowBytes, windowBytes, pixelBytes, output, first, divisors)
      window += stepBytes
    }
  }
  for (; pixels > 0; pixels--) {
    for (let at = 0; at < wholeBytes; at += 64) {
      oneWindow(kind, window + at, bytes, rowBytes, windowBytes, pixelBytes, output + at, first, divisors)
    }
    lastChannels(kind, window, wholeBytes, bytes, rowBytes, windowBytes, pixelBytes, output, first, divisors)
    window += stepBytes
    output += pixelBytes
  }
}

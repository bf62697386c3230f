/** Resizing. Tables of the caller hold the rows and columns that each output reads, as byte offsets, and their weights. */
import { storePart } from './store-outputs'

/** `rows` and `columns` hold one byte offset per output row and column. */
export function resizeNearest(
  input: usize,
  output: usize,
  outputHeight: i32,
  outputWidth: i32,
  channels: i32,
  rows: usize,
  columns: usize,
): void {
  const pixelBytes = channels << 2
  for (let y = 0; y < outputHeight; y++) {
    const row = input + load<u32>(rows + (y << 2))
    for (let x = 0; x < outputWidth; x++) {
      memory.copy(output, row + load<u32>(columns + (x << 2)), pixelBytes)
      output += pixelBytes
    }
  }
}

/** Bytes of an entry of a bilinear table: offset of the first input, offset of the second, and float32 weight of the second. */
@inline const ENTRY = 12

@inline
function mix(a: f32, b: f32, fraction: f32): f32 {
  return a + (b - a) * fraction
}

@inline
function mixVector(a: v128, b: v128, fraction: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), fraction))
}

@inline
function mixFour(upperLeft: usize, upperRight: usize, lowerLeft: usize, lowerRight: usize, across: v128, down: v128): v128 {
  const upper = mixVector(v128.load(upperLeft), v128.load(upperRight), across)
  const lower = mixVector(v128.load(lowerLeft), v128.load(lowerRight), across)
  return mixVector(upper, lower, down)
}

/** Mixes all four inputs of an output at once, without intermediate rows. */
export function resizeBilinearAtOnce(
  input: usize,
  output: usize,
  outputHeight: i32,
  outputWidth: i32,
  channels: i32,
  rows: usize,
  columns: usize,
): void {
  const pixelBytes = channels << 2
  for (let y = 0; y < outputHeight; y++) {
    const upper = input + load<u32>(rows)
    const lower = input + load<u32>(rows, 4)
    const down = v128.load32_splat(rows, 8)
    let column = columns
    for (const last = column + outputWidth * ENTRY; column < last; column += ENTRY) {
      let upperLeft = upper + load<u32>(column)
      let upperRight = upper + load<u32>(column, 4)
      let lowerLeft = lower + load<u32>(column)
      let lowerRight = lower + load<u32>(column, 4)
      const across = v128.load32_splat(column, 8)
      const end = output + pixelBytes
      for (; output + 32 <= end; output += 32) {
        v128.store(output, mixFour(upperLeft, upperRight, lowerLeft, lowerRight, across, down))
        v128.store(output, mixFour(upperLeft + 16, upperRight + 16, lowerLeft + 16, lowerRight + 16, across, down), 16)
        upperLeft += 32
        upperRight += 32
        lowerLeft += 32
        lowerRight += 32
      }
      for (; output < end; output += 16) {
        storePart(output, mixFour(upperLeft, upperRight, lowerLeft, lowerRight, across, down), (end - output) >> 2)
        upperLeft += 16
        upperRight += 16
        lowerLeft += 16
        lowerRight += 16
      }
      output = end
    }
    rows += ENTRY
  }
}

/** Mixes one input row at the output's columns. A pixel's last vector runs into the next pixel, which is written later. */
function mixColumns(row: usize, mixed: usize, outputWidth: i32, pixelBytes: i32, columns: usize): void {
  for (let x = 0; x < outputWidth; x++) {
    const left = row + load<u32>(columns)
    const right = row + load<u32>(columns, 4)
    const fraction = v128.load32_splat(columns, 8)
    for (let i = 0; i < pixelBytes; i += 16) {
      v128.store(mixed + i, mixVector(v128.load(left + i), v128.load(right + i), fraction))
    }
    mixed += pixelBytes
    columns += ENTRY
  }
}

function mixRows(upper: usize, lower: usize, output: usize, bytes: i32, fraction: f32): void {
  const fractions = f32x4.splat(fraction)
  let i = 0
  for (; i + 32 <= bytes; i += 32) {
    v128.store(output + i, mixVector(v128.load(upper + i), v128.load(lower + i), fractions))
    v128.store(output + i, mixVector(v128.load(upper + i, 16), v128.load(lower + i, 16), fractions), 16)
  }
  for (; i < bytes; i += 4) store<f32>(output + i, mix(load<f32>(upper + i), load<f32>(lower + i), fraction))
}

/**
 * Mixes columns first. `upper` and `lower` keep the two input rows of an output row, at the output's columns, as long as the next output
 * rows read them too. Each has room for a row of the output and 16 bytes.
 */
export function resizeBilinear(
  input: usize,
  output: usize,
  outputHeight: i32,
  outputWidth: i32,
  channels: i32,
  rows: usize,
  columns: usize,
  upper: usize,
  lower: usize,
): void {
  const pixelBytes = channels << 2
  const outputRowBytes = outputWidth * pixelBytes
  let upperOffset: u32 = -1
  let lowerOffset: u32 = -1
  for (let y = 0; y < outputHeight; y++) {
    const first = load<u32>(rows)
    const second = load<u32>(rows, 4)
    if (first !== upperOffset) {
      if (first === lowerOffset) {
        const spare = upper
        upper = lower
        lower = spare
        lowerOffset = -1
      } else {
        mixColumns(input + first, upper, outputWidth, pixelBytes, columns)
      }
      upperOffset = first
    }
    if (second !== lowerOffset) {
      mixColumns(input + second, lower, outputWidth, pixelBytes, columns)
      lowerOffset = second
    }
    mixRows(upper, lower, output, outputRowBytes, load<f32>(rows, 8))
    rows += ENTRY
    output += outputRowBytes
  }
}

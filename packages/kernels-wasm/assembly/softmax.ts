/** `exp(x - max) / sum` over rows. The four partial sums of the op are lanes. */
import { exponentialUpTo89 } from './elementary-functions'

/** A mask with all bits of the first `count` lanes. */
@inline
function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count))
}

@inline
function swapHalves(x: v128): v128 {
  return i64x2.shuffle(x, x, 1, 0)
}

/** The maximum may ignore NaN, because NaN makes the sum NaN. */
@inline
function largestOf(row: usize, wholeBytes: i32, rest: v128): v128 {
  let largest = f32x4.splat(-(<f32>Infinity))
  for (let i = 0; i < wholeBytes; i += 16) largest = f32x4.pmax(largest, v128.load(row + i))
  largest = f32x4.pmax(largest, v128.bitselect(v128.load(row + wholeBytes), largest, rest))
  largest = f32x4.pmax(largest, swapHalves(largest))
  return f32x4.pmax(largest, i32x4.shuffle(largest, largest, 1, 0, 3, 2))
}

/** Stores the first `count` lanes, for a `count` of 0 to 3. */
@inline
function storeFirst(output: usize, x: v128, count: i32): void {
  if (count & 2) v128.store64_lane(output, x, 0)
  if (count === 1) v128.store32_lane(output, x, 0)
  if (count === 3) v128.store32_lane(output, x, 2, 8)
}

@inline
function exponentialOf(x: usize, largest: v128): v128 {
  return exponentialUpTo89(f32x4.sub(v128.load(x), largest))
}

/** Stores the exponentials of whole vectors and returns their partial sums. */
@inline
function storeExponentials(input: usize, output: usize, bytes: i32, largest: v128): v128 {
  let sums = f32x4.splat(0)
  let i = 0
  for (; i + 64 <= bytes; i += 64) {
    const y0 = exponentialOf(input + i, largest)
    const y1 = exponentialOf(input + i + 16, largest)
    const y2 = exponentialOf(input + i + 32, largest)
    const y3 = exponentialOf(input + i + 48, largest)
    sums = f32x4.add(f32x4.add(f32x4.add(f32x4.add(sums, y0), y1), y2), y3)
    v128.store(output + i, y0)
    v128.store(output + i, y1, 16)
    v128.store(output + i, y2, 32)
    v128.store(output + i, y3, 48)
  }
  for (; i < bytes; i += 16) {
    const y = exponentialOf(input + i, largest)
    sums = f32x4.add(sums, y)
    v128.store(output + i, y)
  }
  return sums
}

export function softmax(input: usize, output: usize, rows: i32, features: i32): void {
  const rowBytes = features << 2
  const wholeBytes = rowBytes & ~15
  const left = features & 3
  const rest = firstLanes(left)
  for (let row = 0; row < rows; row++) {
    const largest = largestOf(input, wholeBytes, rest)
    let sums = storeExponentials(input, output, wholeBytes, largest)
    let last = f32x4.splat(0)
    if (left > 0) last = v128.and(exponentialOf(input + wholeBytes, largest), rest)
    sums = f32x4.add(sums, last)
    sums = f32x4.add(sums, swapHalves(sums))
    sums = f32x4.add(sums, i32x4.shuffle(sums, sums, 1, 0, 3, 2))
    for (let i = 0; i < wholeBytes; i += 16) v128.store(output + i, f32x4.div(v128.load(output + i), sums))
    storeFirst(output + wholeBytes, f32x4.div(last, sums), left)
    input += rowBytes
    output += rowBytes
  }
}

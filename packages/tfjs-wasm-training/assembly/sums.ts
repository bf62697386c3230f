// out[o][i] = factor * sum over r of x[o][r][i]. With the factor 1 / reduced it is the mean.
import { addToDoubles, chunkRows, doublesScratch, foldDoubles, periodOf } from './rows'

export function sumsScratch(inner: i32): usize {
  return doublesScratch(inner, 1)
}

export function sums(x: usize, outer: i32, reduced: i32, inner: i32, factor: f64, out: usize, scratch: usize): void {
  const inputStep = (<usize>reduced * inner) << 2
  const outputStep = (<usize>inner) << 2
  for (let i = 0; i < outer; i++) {
    // For many short rows, filling and folding scratch memory would cost too much.
    if (inner === 1 && reduced < 64) store<f32>(out, <f32>(shortSum(x, reduced) * factor))
    else columnSums(x, reduced, inner, factor, out, scratch)
    x += inputStep
    out += outputStep
  }
}

function shortSum(x: usize, size: i32): f64 {
  let sums = f64x2.splat(0)
  const end = x + ((<usize>size) << 2)
  for (; x + 16 <= end; x += 16) {
    const values = v128.load(x)
    const high = v128.shuffle<i32>(values, values, 2, 3, 2, 3)
    sums = f64x2.add(sums, f64x2.add(f64x2.promote_low_f32x4(values), f64x2.promote_low_f32x4(high)))
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  for (; x < end; x += 4) sum += <f64>load<f32>(x)
  return sum
}

function columnSums(x: usize, rows: i32, columns: i32, factor: f64, out: usize, totals: usize): void {
  const period = periodOf(columns)
  memory.fill(totals, 0, (<usize>period) << 3)
  const wideRows = <i32>((<i64>rows * columns) / period)
  const chunk = chunkRows(period)
  for (let row = 0; row < wideRows; row += chunk) {
    sumChunk(x + ((<usize>row * period) << 2), min(chunk, wideRows - row), period, totals)
  }
  foldDoubles(totals, columns, period)
  const end = x + ((<usize>rows * columns) << 2)
  let column = 0
  for (let element = x + ((<usize>wideRows * period) << 2); element < end; element += 4) {
    const target = totals + ((<usize>column) << 3)
    store<f64>(target, load<f64>(target) + <f64>load<f32>(element))
    if (++column === columns) column = 0
  }
  for (column = 0; column < columns; column++) {
    store<f32>(out + ((<usize>column) << 2), <f32>(load<f64>(totals + ((<usize>column) << 3)) * factor))
  }
}

function sumChunk(x: usize, rows: i32, period: i32, totals: usize): void {
  const step = (<usize>period) << 2
  let column = 0
  for (; column + 16 <= period; column += 16) {
    let element = x + ((<usize>column) << 2)
    let s0 = f32x4.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0
    for (let row = 0; row < rows; row++) {
      s0 = f32x4.add(s0, v128.load(element))
      s1 = f32x4.add(s1, v128.load(element, 16))
      s2 = f32x4.add(s2, v128.load(element, 32))
      s3 = f32x4.add(s3, v128.load(element, 48))
      element += step
    }
    const target = totals + ((<usize>column) << 3)
    addToDoubles(target, s0)
    addToDoubles(target + 32, s1)
    addToDoubles(target + 64, s2)
    addToDoubles(target + 96, s3)
  }
  for (; column < period; column += 4) {
    let element = x + ((<usize>column) << 2)
    let s = f32x4.splat(0)
    for (let row = 0; row < rows; row++) {
      s = f32x4.add(s, v128.load(element))
      element += step
    }
    addToDoubles(totals + ((<usize>column) << 3), s)
  }
}

// The two sums in every gradient of batch normalization, in one pass over x and dy.
import { addToDoubles, chunkRows, doublesScratch, foldDoubles, periodOf, repeatRow } from './rows'

/** Bytes of scratch memory: two double sums and one float mean for each column of the period. */
export function normalizationSumsScratch(columns: i32): usize {
  return doublesScratch(columns, 2) + ((<usize>periodOf(columns)) << 2)
}

/** gradients[c] = sum of dy[r][c]; products[c] = sum of dy[r][c] * (x[r][c] - mean[c]) */
export function normalizationSums(
  x: usize,
  dy: usize,
  rows: i32,
  columns: i32,
  mean: usize,
  gradients: usize,
  products: usize,
  scratch: usize,
): void {
  const period = periodOf(columns)
  const gradientTotals = scratch
  const productTotals = gradientTotals + ((<usize>period) << 3)
  const means = productTotals + ((<usize>period) << 3)
  memory.fill(scratch, 0, (<usize>period) << 4)
  memory.copy(means, mean, (<usize>columns) << 2)
  repeatRow(means, columns)
  const wideRows = <i32>((<i64>rows * columns) / period)
  const chunk = chunkRows(period)
  for (let row = 0; row < wideRows; row += chunk) {
    const at = (<usize>row * period) << 2
    sumChunk(x + at, dy + at, min(chunk, wideRows - row), period, means, gradientTotals, productTotals)
  }
  foldDoubles(gradientTotals, columns, period)
  foldDoubles(productTotals, columns, period)
  const size = (<usize>rows * columns) << 2
  let column: usize = 0
  for (let at = (<usize>wideRows * period) << 2; at < size; at += 4) {
    const gradient = <f64>load<f32>(dy + at)
    const distance = <f64>(load<f32>(x + at) - load<f32>(means + (column << 2)))
    store<f64>(gradientTotals + (column << 3), load<f64>(gradientTotals + (column << 3)) + gradient)
    store<f64>(productTotals + (column << 3), load<f64>(productTotals + (column << 3)) + gradient * distance)
    if (++column === columns) column = 0
  }
  for (column = 0; column < <usize>columns; column++) {
    store<f32>(gradients + (column << 2), <f32>load<f64>(gradientTotals + (column << 3)))
    store<f32>(products + (column << 2), <f32>load<f64>(productTotals + (column << 3)))
  }
}

function sumChunk(x: usize, dy: usize, rows: i32, period: i32, means: usize, gradientTotals: usize, productTotals: usize): void {
  const step = (<usize>period) << 2
  let column = 0
  for (; column + 8 <= period; column += 8) {
    const first = (<usize>column) << 2
    const mean0 = v128.load(means + first),
      mean1 = v128.load(means + first, 16)
    let g0 = f32x4.splat(0),
      g1 = g0,
      p0 = g0,
      p1 = g0
    let at = first
    for (let row = 0; row < rows; row++) {
      const d0 = v128.load(dy + at),
        d1 = v128.load(dy + at, 16)
      g0 = f32x4.add(g0, d0)
      g1 = f32x4.add(g1, d1)
      p0 = f32x4.add(p0, f32x4.mul(d0, f32x4.sub(v128.load(x + at), mean0)))
      p1 = f32x4.add(p1, f32x4.mul(d1, f32x4.sub(v128.load(x + at, 16), mean1)))
      at += step
    }
    addToDoubles(gradientTotals + (first << 1), g0)
    addToDoubles(gradientTotals + (first << 1) + 32, g1)
    addToDoubles(productTotals + (first << 1), p0)
    addToDoubles(productTotals + (first << 1) + 32, p1)
  }
  if (column < period) {
    const first = (<usize>column) << 2
    const mean = v128.load(means + first)
    let g = f32x4.splat(0),
      p = g
    let at = first
    for (let row = 0; row < rows; row++) {
      const d = v128.load(dy + at)
      g = f32x4.add(g, d)
      p = f32x4.add(p, f32x4.mul(d, f32x4.sub(v128.load(x + at), mean)))
      at += step
    }
    addToDoubles(gradientTotals + (first << 1), g)
    addToDoubles(productTotals + (first << 1), p)
  }
}

// Mean and variance of each column in one pass over the memory. Each chunk is read twice, the second time from the cache:
// once for its mean, once for the squares of the distances to that mean. Chan's formula merges the chunks, so nothing
// cancels, however far the mean is from zero.
//   T. F. Chan, G. H. Golub, R. J. LeVeque: Updating formulae and a pairwise algorithm for computing sample variances, 1979.
import { chunkRows, doublesScratch, periodOf } from './rows'

export function momentsScratch(columns: i32): usize {
  return doublesScratch(columns, 2)
}

/** Writes the mean and the population variance of each column. */
export function moments(x: usize, rows: i32, columns: i32, mean: usize, variance: usize, scratch: usize): void {
  const period = periodOf(columns)
  const means = scratch
  const squares = means + ((<usize>period) << 3)
  memory.fill(scratch, 0, (<usize>period) << 4)
  const wideRows = <i32>((<i64>rows * columns) / period)
  const chunk = chunkRows(period)
  for (let row = 0; row < wideRows; row += chunk) {
    mergeChunk(x + ((<usize>row * period) << 2), row, min(chunk, wideRows - row), period, means, squares)
  }

  // The repetitions of a column are samples of equal size; the remaining rows are samples of one value.
  const remainder = x + ((<usize>wideRows * period) << 2)
  const rest = rows - wideRows * (period / columns)
  for (let column = 0; column < columns; column++) {
    const first = (<usize>column) << 3
    let count = <f64>wideRows
    for (let other = column + columns; other < period; other += columns) {
      const from = (<usize>other) << 3
      merge(means + first, squares + first, count, load<f64>(means + from), load<f64>(squares + from), <f64>wideRows)
      count += <f64>wideRows
    }
    for (let row = 0; row < rest; row++) {
      const value = load<f32>(remainder + ((<usize>(row * columns + column)) << 2))
      merge(means + first, squares + first, count, <f64>value, 0, 1)
      count += 1
    }
    store<f32>(mean + (first >> 1), <f32>load<f64>(means + first))
    store<f32>(variance + (first >> 1), <f32>(load<f64>(squares + first) / <f64>rows))
  }
}

/** Merges the moments of a second sample into those of a first: means, and sums of squared distances to the mean. */
@inline
function merge(mean: usize, squares: usize, count: f64, otherMean: f64, otherSquares: f64, otherCount: f64): void {
  const total = count + otherCount
  if (total === 0) return
  const distance = otherMean - load<f64>(mean)
  store<f64>(mean, load<f64>(mean) + (distance * otherCount) / total)
  store<f64>(squares, load<f64>(squares) + otherSquares + (distance * distance * count * otherCount) / total)
}

function mergeChunk(x: usize, before: i32, rows: i32, period: i32, means: usize, squares: usize): void {
  const step = (<usize>period) << 2
  const count = <f64>before
  const otherCount = <f64>rows
  for (let column = 0; column < period; column += 4) {
    let sum0 = f32x4.splat(0),
      sum1 = sum0
    let element = x + ((<usize>column) << 2)
    let row = 0
    for (; row + 2 <= rows; row += 2) {
      sum0 = f32x4.add(sum0, v128.load(element))
      sum1 = f32x4.add(sum1, v128.load(element + step))
      element += step << 1
    }
    if (row < rows) sum0 = f32x4.add(sum0, v128.load(element))
    const mean = f32x4.div(f32x4.add(sum0, sum1), f32x4.splat(<f32>rows))

    // The mean of the chunk is rounded. The sum of the distances to it, nearly zero, corrects for that.
    let error = f32x4.splat(0),
      square = error
    element = x + ((<usize>column) << 2)
    for (row = 0; row < rows; row++) {
      const distance = f32x4.sub(v128.load(element), mean)
      error = f32x4.add(error, distance)
      square = f32x4.add(square, f32x4.mul(distance, distance))
      element += step
    }
    mergeLane(
      means,
      squares,
      column,
      count,
      f32x4.extract_lane(mean, 0),
      f32x4.extract_lane(error, 0),
      f32x4.extract_lane(square, 0),
      otherCount,
    )
    mergeLane(
      means,
      squares,
      column + 1,
      count,
      f32x4.extract_lane(mean, 1),
      f32x4.extract_lane(error, 1),
      f32x4.extract_lane(square, 1),
      otherCount,
    )
    mergeLane(
      means,
      squares,
      column + 2,
      count,
      f32x4.extract_lane(mean, 2),
      f32x4.extract_lane(error, 2),
      f32x4.extract_lane(square, 2),
      otherCount,
    )
    mergeLane(
      means,
      squares,
      column + 3,
      count,
      f32x4.extract_lane(mean, 3),
      f32x4.extract_lane(error, 3),
      f32x4.extract_lane(square, 3),
      otherCount,
    )
  }
}

function mergeLane(
  means: usize,
  squares: usize,
  column: i32,
  count: f64,
  mean: f32,
  error: f32,
  square: f32,
  otherCount: f64,
): void {
  const at = (<usize>column) << 3
  const correction = <f64>error / otherCount
  merge(means + at, squares + at, count, <f64>mean + correction, <f64>square - correction * <f64>error, otherCount)
}

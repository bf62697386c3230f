/**
 * Means: float32 sums in row-major order, then one division.
 *
 * Neighboring axes that are all kept or all summed form a group. The last two groups make a _block_: `meanOfRows` sums its rows with
 * lanes along a row, `meanOfColumns` its columns with lanes across rows. The groups before them are loops around the block. Loops over
 * kept axes come first, and each of their steps has a block of outputs. Loops over summed axes follow. The order within every sum is the
 * same as with loops nested as in the input. A loop is 8 bytes: its count and the bytes of one step.
 */
import { storeOutputs, storePart } from './store-outputs'

@inline const ROWS = 0
@inline const COLUMNS = 1

/** Byte offset in the input of step `index` of some loops. The last loop is the fastest. */
function placeOf(index: i32, loops: usize, count: i32): usize {
  let place: usize = 0
  for (let loop = loops + (count << 3); loop > loops; ) {
    loop -= 8
    const steps = load<i32>(loop)
    const rest = index / steps
    place += (index - rest * steps) * load<i32>(loop, 4)
    index = rest
  }
  return place
}

/** Number of steps of some loops. */
function stepsOf(loops: usize, count: i32): i32 {
  let steps = 1
  for (let loop = 0; loop < count; loop++) steps *= load<i32>(loops + (loop << 3))
  return steps
}

/** Divides in float64, because float32 may not hold the number of summands. */
@inline
function quotient(sums: v128, divisor: v128): v128 {
  const low = f32x4.demote_f64x2_zero(f64x2.div(f64x2.promote_low_f32x4(sums), divisor))
  const high = f32x4.demote_f64x2_zero(f64x2.div(f64x2.promote_low_f32x4(i64x2.shuffle(sums, sums, 1, 0)), divisor))
  return i64x2.shuffle(low, high, 0, 2)
}

function divide(sums: usize, count: i32, divisor: f64): void {
  const divisors = f64x2.splat(divisor)
  for (; count > 0; count -= 4, sums += 16) storePart(sums, quotient(v128.load(sums), divisors), count)
}

@inline
function begin(sums: usize, isFirst: bool): v128 {
  return isFirst ? f32x4.splat(0) : v128.load(sums)
}

/** Adds the `bytes` of each row to their sums, row by row. The first rows begin the sums. */
function addRows(input: usize, sums: usize, rows: i32, rowBytes: i32, bytes: i32, isFirst: bool): void {
  const length = rows * rowBytes
  let i = 0
  for (; i + 64 <= bytes; i += 64) {
    let sum0 = begin(sums + i, isFirst)
    let sum1 = begin(sums + i + 16, isFirst)
    let sum2 = begin(sums + i + 32, isFirst)
    let sum3 = begin(sums + i + 48, isFirst)
    for (let at = input + i, end = at + length; at < end; at += rowBytes) {
      sum0 = f32x4.add(sum0, v128.load(at))
      sum1 = f32x4.add(sum1, v128.load(at, 16))
      sum2 = f32x4.add(sum2, v128.load(at, 32))
      sum3 = f32x4.add(sum3, v128.load(at, 48))
    }
    v128.store(sums + i, sum0)
    v128.store(sums + i, sum1, 16)
    v128.store(sums + i, sum2, 32)
    v128.store(sums + i, sum3, 48)
  }
  for (; i < bytes; i += 16) {
    let sum = begin(sums + i, isFirst)
    for (let at = input + i, end = at + length; at < end; at += rowBytes) sum = f32x4.add(sum, v128.load(at))
    storePart(sums + i, sum, (bytes - i) >> 2)
  }
}

/** Adds the next 4 values of each of 4 rows to their sums, one row per lane, one column after the other. */
@inline
function addFour(sum: v128, row0: usize, row1: usize, row2: usize, row3: usize): v128 {
  const a = v128.load(row0)
  const b = v128.load(row1)
  const c = v128.load(row2)
  const d = v128.load(row3)
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5)
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5)
  sum = f32x4.add(sum, i64x2.shuffle(ab, cd, 0, 2))
  sum = f32x4.add(sum, i64x2.shuffle(ab, cd, 1, 3))
  const abLast = i32x4.shuffle(a, b, 2, 6, 3, 7)
  const cdLast = i32x4.shuffle(c, d, 2, 6, 3, 7)
  sum = f32x4.add(sum, i64x2.shuffle(abLast, cdLast, 0, 2))
  return f32x4.add(sum, i64x2.shuffle(abLast, cdLast, 1, 3))
}

@inline
function addOne(sum: v128, row0: usize, row1: usize, row2: usize, row3: usize): v128 {
  const column = v128.load32_lane(row1, v128.load32_zero(row0), 1)
  return f32x4.add(sum, v128.load32_lane(row3, v128.load32_lane(row2, column, 2), 3))
}

/** Adds the `rowBytes` of each row to its sum. A sum must wait for the one before, so two vectors of 4 rows are under way. */
function addColumns(input: usize, sums: usize, rows: i32, rowBytes: i32, isFirst: bool): void {
  for (; rows > 0; rows -= 8) {
    // The last row replaces missing rows.
    const row0 = input
    const row1 = row0 + (rows > 1 ? rowBytes : 0)
    const row2 = row1 + (rows > 2 ? rowBytes : 0)
    const row3 = row2 + (rows > 3 ? rowBytes : 0)
    const row4 = row3 + (rows > 4 ? rowBytes : 0)
    const row5 = row4 + (rows > 5 ? rowBytes : 0)
    const row6 = row5 + (rows > 6 ? rowBytes : 0)
    const row7 = row6 + (rows > 7 ? rowBytes : 0)
    let low = begin(sums, isFirst)
    let high = begin(sums + 16, isFirst)
    let i = 0
    for (; i + 16 <= rowBytes; i += 16) {
      low = addFour(low, row0 + i, row1 + i, row2 + i, row3 + i)
      high = addFour(high, row4 + i, row5 + i, row6 + i, row7 + i)
    }
    for (; i < rowBytes; i += 4) {
      low = addOne(low, row0 + i, row1 + i, row2 + i, row3 + i)
      high = addOne(high, row4 + i, row5 + i, row6 + i, row7 + i)
    }
    storeOutputs(sums, low, high, rows)
    input += rowBytes << 3
    sums += 32
  }
}

@inline
function mean(
  axis: i32,
  input: usize,
  output: usize,
  loops: usize,
  keptLoops: i32,
  summedLoops: i32,
  rows: i32,
  columns: i32,
  first: i32,
  last: i32,
  divisor: f64,
): void {
  const summed = loops + (keptLoops << 3)
  const blocks = stepsOf(loops, keptLoops)
  const parts = stepsOf(summed, summedLoops)
  const rowBytes = columns << 2
  const count = last - first
  input += axis === ROWS ? first << 2 : first * rowBytes
  output += first << 2
  for (let block = 0; block < blocks; block++) {
    const from = input + placeOf(block, loops, keptLoops)
    for (let part = 0; part < parts; part++) {
      const at = from + placeOf(part, summed, summedLoops)
      if (axis === ROWS) addRows(at, output, rows, rowBytes, count << 2, part === 0)
      else addColumns(at, output, count, rowBytes, part === 0)
    }
    divide(output, count, divisor)
    output += axis === ROWS ? rowBytes : rows << 2
  }
}

/**
 * Means over the rows of blocks `[rows, columns]`, for columns `first` to `last`. A block has `columns` outputs. `loops` holds
 * `keptLoops`, then `summedLoops`. Each output is the mean of `divisor` values.
 */
export function meanOfRows(
  input: usize,
  output: usize,
  loops: usize,
  keptLoops: i32,
  summedLoops: i32,
  rows: i32,
  columns: i32,
  first: i32,
  last: i32,
  divisor: f64,
): void {
  mean(ROWS, input, output, loops, keptLoops, summedLoops, rows, columns, first, last, divisor)
}

/** Means over the columns of such blocks, for rows `first` to `last`. A block has `rows` outputs. */
export function meanOfColumns(
  input: usize,
  output: usize,
  loops: usize,
  keptLoops: i32,
  summedLoops: i32,
  rows: i32,
  columns: i32,
  first: i32,
  last: i32,
  divisor: f64,
): void {
  mean(COLUMNS, input, output, loops, keptLoops, summedLoops, rows, columns, first, last, divisor)
}

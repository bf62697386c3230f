// Reductions and maps over a matrix of floats, [rows][columns], per column: an NHWC tensor with its channels as columns.
//
// Vectors need a multiple of 4 columns. For other numbers of columns, the kernels read 4 consecutive rows as one row of 4 times
// the columns, which is the same memory. `period` is that number of columns, and the per-column values repeat in it. The
// last few rows that do not fill such a row are the remainder.
//
// Sums run in float within a chunk of rows and in double across chunks: as fast as float sums, and their rounding error
// does not grow with the number of rows.

export function periodOf(columns: i32): i32 {
  return columns & 3 ? columns << 2 : columns
}

/** Rows of `period` columns in a chunk: about 16 kB, so that a second look at the chunk finds it in the cache. */
export function chunkRows(period: i32): i32 {
  return max(4096 / period, 1)
}

/** Bytes of scratch memory for `arrays` arrays of one double per column of the period. */
export function doublesScratch(columns: i32, arrays: i32): usize {
  return (<usize>(periodOf(columns) * arrays)) << 3
}

/** Adds 4 floats to 4 doubles. */
@inline
export function addToDoubles(target: usize, values: v128): void {
  const high = v128.shuffle<i32>(values, values, 2, 3, 2, 3)
  v128.store(target, f64x2.add(v128.load(target), f64x2.promote_low_f32x4(values)))
  v128.store(target, f64x2.add(v128.load(target, 16), f64x2.promote_low_f32x4(high)), 16)
}

/** Adds the repetitions of each column of the period, leaving the totals in the first `columns` doubles. */
export function foldDoubles(totals: usize, columns: i32, period: i32): void {
  for (let column = columns; column < period; column++) {
    const target = totals + ((<usize>(column % columns)) << 3)
    store<f64>(target, load<f64>(target) + load<f64>(totals + ((<usize>column) << 3)))
  }
}

/** Repeats the first `columns` floats of a row until the period is full. */
export function repeatRow(row: usize, columns: i32): void {
  const period = periodOf(columns)
  for (let column = columns; column < period; column++) {
    store<f32>(row + ((<usize>column) << 2), load<f32>(row + ((<usize>(column - columns)) << 2)))
  }
}

/**
 * Input positions of taps. A convolution's geometry (strides, dilations, padding, transposed or not) arrives as two int32 tables:
 * `rows[y * kernelHeight + ky]` and `columns[x * kernelWidth + kx]` give the input row and column of a tap, or -1 if it
 * falls outside the input or, in a transposed convolution, between two strides.
 */

/** Index of the input pixel that a tap reads, or -1. */
@inline
export function tapPixel(row: i32, column: i32, width: i32): i32 {
  return (row | column) < 0 ? -1 : row * width + column
}

/** The table's entry. */
@inline
export function tapIndex(table: usize, position: i32, size: i32, tap: i32): i32 {
  return load<i32>(table + ((position * size + tap) << 2))
}

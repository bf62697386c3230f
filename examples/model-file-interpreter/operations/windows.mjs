import { bounds } from '../read/limits.mjs'
import { refuse } from '../read/refuse.mjs'

// A window has two axes, rows and columns, of the same form: `{ input, size, stride, dilation, before, after }`.

/** The two axes of an op's window over an image. */
export function windowAxes({ height, width }, [rows, columns], { strides, padding, dilations = [1, 1] }) {
  const [top, bottom, left, right] = padding
  return [
    { input: height, size: rows, stride: strides[0], dilation: dilations[0], before: top, after: bottom },
    { input: width, size: columns, stride: strides[1], dilation: dilations[1], before: left, after: right },
  ]
}

/** Number of positions of a window along an axis. */
export function positionsOf({ input, size, stride, dilation, before, after }, field) {
  const positions = Math.floor((input + before + after - (size - 1) * dilation - 1) / stride) + 1
  return checkPositions(positions, field)
}

/** Number of positions that the transposed window writes along an axis. */
export function transposedPositionsOf({ input, size, stride, dilation, before, after }, outputPadding, field) {
  return checkPositions((input - 1) * stride + (size - 1) * dilation + 1 - before - after + outputPadding, field)
}

function checkPositions(positions, field) {
  if (positions < 1) refuse(field, 'the window has no position')
  if (positions > bounds.integer) refuse(field, 'the window has more than 2^31 - 1 positions')
  return positions
}

/** A tap outside the input. */
export const OUTSIDE = -1

/** For each tap of a position, the index along the input, or OUTSIDE. */
export function tapsAt({ input, size, stride, dilation, before }, position) {
  return listOfTaps(size, (tap) => inside(position * stride - before + tap * dilation, input))
}

/** The same for a transposed window. It reads the inputs whose own windows would write this position. */
export function transposedTapsAt({ input, size, stride, dilation, before }, position) {
  return listOfTaps(size, (tap) => {
    const stretched = position + before - tap * dilation
    return stretched % stride === 0 ? inside(stretched / stride, input) : OUTSIDE
  })
}

function listOfTaps(size, readsAt) {
  return Array.from({ length: size }, (_, tap) => readsAt(tap))
}

function inside(position, input) {
  return position >= 0 && position < input ? position : OUTSIDE
}

/** Calls back for each output position, rows first, with the pixels of its taps and the index of the output pixel. */
export function forEachWindow([rows, columns], [height, width], tapsOf, callback) {
  const columnTaps = Array.from({ length: width }, (_, x) => tapsOf(columns, x))
  for (let y = 0; y < height; y++) {
    const rowTaps = tapsOf(rows, y)
    for (let x = 0; x < width; x++) callback(pixelsOf(rowTaps, columnTaps[x], columns.input), y * width + x)
  }
}

/** The index of each tap's pixel, or OUTSIDE, kernel rows first. */
function pixelsOf(rowTaps, columnTaps, width) {
  const pixelAt = (row, column) => (row === OUTSIDE || column === OUTSIDE ? OUTSIDE : row * width + column)
  return rowTaps.flatMap((row) => columnTaps.map((column) => pixelAt(row, column)))
}

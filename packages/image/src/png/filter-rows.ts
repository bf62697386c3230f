/** PNG's filters. Each row becomes differences from its neighbors, by the one of five rules whose differences are smallest. */

/** Predicts a byte from its neighbors: to the left, above, and above the left. */
type Predict = (left: number, above: number, corner: number) => number

function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner)
  const toAbove = Math.abs(left - corner)
  const toCorner = Math.abs(left + above - 2 * corner)
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}

/** None, Sub, Up, Average and Paeth, in the order of their filter numbers. */
const PREDICTIONS: readonly Predict[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
]

/** Writes the differences to `target`. Returns the sum of their magnitudes, as signed bytes. */
function filterRow(row: Uint8Array, above: Uint8Array, channels: number, predict: Predict, target: Uint8Array): number {
  let sum = 0
  for (let place = 0; place < row.length; place++) {
    const inside = place >= channels
    const difference =
      (row[place] - predict(inside ? row[place - channels] : 0, above[place], inside ? above[place - channels] : 0)) & 255
    target[place] = difference
    sum += Math.min(difference, 256 - difference)
  }
  return sum
}

/** `[height, 1 + width * channels]`: the number of each row's filter, then its differences. */
export function filterRows(data: Uint8Array, height: number, width: number, channels: number): Uint8Array {
  const length = width * channels
  const result = new Uint8Array(height * (1 + length))
  const candidate = new Uint8Array(length)
  let above = new Uint8Array(length)
  for (let row = 0; row < height; row++) {
    const current = data.slice(row * length, (row + 1) * length)
    const target = result.subarray(row * (1 + length), (row + 1) * (1 + length))
    let least = Number.POSITIVE_INFINITY
    for (const [number, predict] of PREDICTIONS.entries()) {
      const sum = filterRow(current, above, channels, predict, candidate)
      if (sum >= least) continue
      least = sum
      target[0] = number
      target.set(candidate, 1)
    }
    above = current
  }
  return result
}

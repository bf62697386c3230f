/**
 * A quarter of a pixel towards the larger neighbor, in each direction. Pixels at the edge stay where they are.
 *
 * Newell, Yang, Deng (ECCV 2016), arXiv 1603.06937, section 4.1; the released code of arXiv 1703.00862 requires 1 < place < size
 * too.
 */
import { type Offset, valueAt } from './heatmap.ts'

export const quarterOffset: Offset = (heatmap, row, column) => {
  const { height, width } = heatmap
  if (row === 0 || row === height - 1 || column === 0 || column === width - 1) return [0, 0]
  const right = valueAt(heatmap, row, column + 1) - valueAt(heatmap, row, column - 1)
  const below = valueAt(heatmap, row + 1, column) - valueAt(heatmap, row - 1, column)
  return [0.25 * Math.sign(right), 0.25 * Math.sign(below)]
}

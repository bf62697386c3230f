/**
 * DARK. The logarithm of a Gaussian is a parabola, and derivatives at the best pixel give the place of its maximum.
 *
 *   offset = -H^-1 g      gradient g and Hessian H of log(heat) at the best pixel, by differences; heat is smoothed first
 *
 * Smoothing a Gaussian by a Gaussian gives a Gaussian, and it removes the network's noise. If the parabola has no maximum within
 * a pixel and a half, the joint stays at the best pixel.
 *
 * Zhang, Zhu, Dai, Ye, Zhu: Distribution-Aware Coordinate Representation (CVPR 2020), arXiv 1910.06278, section 3.2.
 */
import { type Offset, valueAt } from './heatmap.ts'

/** The smoothing Gaussian at distances of 0, 1 and 2 pixels, with a standard deviation of one. */
const SMOOTH = [0.40262, 0.2442, 0.05449]

/** The least heat that is used, because the logarithm of 0 is infinite. */
const LEAST = 1e-10

/** The longest offset that is accepted, in pixels. */
const FARTHEST = 1.5

export const darkOffset: Offset = (heatmap, row, column) => {
  const { height, width } = heatmap
  if (row < 2 || row > height - 3 || column < 2 || column > width - 3) return [0, 0]
  const smooth = (y: number, x: number): number => {
    let sum = 0
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        sum += SMOOTH[Math.abs(dy)] * SMOOTH[Math.abs(dx)] * valueAt(heatmap, row + y + dy, column + x + dx)
      }
    }
    return Math.log(Math.max(LEAST, sum))
  }
  const center = smooth(0, 0)
  const gx = (smooth(0, 1) - smooth(0, -1)) / 2
  const gy = (smooth(1, 0) - smooth(-1, 0)) / 2
  const hxx = smooth(0, 1) - 2 * center + smooth(0, -1)
  const hyy = smooth(1, 0) - 2 * center + smooth(-1, 0)
  const hxy = (smooth(1, 1) - smooth(1, -1) - smooth(-1, 1) + smooth(-1, -1)) / 4
  const determinant = hxx * hyy - hxy * hxy
  const x = (hxy * gy - hyy * gx) / determinant
  const y = (hxy * gx - hxx * gy) / determinant
  return Math.abs(x) <= FARTHEST && Math.abs(y) <= FARTHEST ? [x, y] : [0, 0]
}

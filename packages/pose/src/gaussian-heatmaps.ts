/**
 * Heat-maps of joints, made on the backend: a Gaussian around each, 1 at its center.
 *
 *   heat(row, column) = exp(-((row - y)^2 + (column - x)^2) / (2 sigma^2))     pixels of the heat-map, centers of pixels at halves
 *
 * Each value is the product of a factor for its row and one for its column. `exact` centers are the joints themselves; `pixel`
 * centers are the middle of the joint's pixel, as in most released code.
 *
 * Zhang et al.: Distribution-Aware Coordinate Representation (CVPR 2020), arXiv 1910.06278, section 3.3 on exact centers.
 */
import * as tf from '@tensorflow/tfjs-core'

export interface GaussianOptions {
  /** Standard deviation, in pixels of the heat-map. */
  readonly sigma: number
  readonly centers: 'exact' | 'pixel'
}

/** `[batch, positions, joints]` from positions `[batch, positions]` and centers `[batch, joints, 1]`. */
function factors(positions: tf.Tensor, centers: tf.Tensor, sigma: number): tf.Tensor {
  const distance = tf.sub(tf.expandDims(positions, -1), tf.transpose(centers, [0, 2, 1]))
  return tf.exp(tf.mul(tf.square(distance), -1 / (2 * sigma * sigma)))
}

/**
 * @param keypoints `[batch, joints, 3]`: x, y in pixels of the heat-map, and a weight.
 * @param rows `[batch, height]`, centers of rows. @param columns `[batch, width]`, centers of columns.
 * @returns `[batch, height, width, joints]`
 */
export function gaussianHeatmaps(
  { keypoints, rows, columns }: Readonly<Record<'keypoints' | 'rows' | 'columns', tf.Tensor>>,
  { sigma, centers }: GaussianOptions,
): tf.Tensor {
  const [batch, joints] = keypoints.shape
  const coordinate = (index: number): tf.Tensor => {
    const exact = tf.slice(keypoints, [0, 0, index], [batch, joints, 1])
    return centers === 'exact' ? exact : tf.add(tf.floor(exact), 0.5)
  }
  const vertical = tf.expandDims(factors(rows, coordinate(1), sigma), 2)
  const horizontal = tf.expandDims(factors(columns, coordinate(0), sigma), 1)
  return tf.mul(vertical, horizontal)
}

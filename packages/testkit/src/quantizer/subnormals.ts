/**
 * Values below 2^-126 in magnitude. TensorFlow computes with them as with 0, so no forward pass can distinguish them from 0
 * there. On the other backends of TensorFlow.js, and in frozen graphs, they are ordinary numbers.
 */
import * as tf from '@tensorflow/tfjs-core'

const LEAST_NORMAL = 2 ** -126

/** True if the current backend treats subnormal values as 0. */
export async function flushesSubnormals(): Promise<boolean> {
  const comparison = tf.tidy(() => tf.less(tf.tensor1d([-(2 ** -149)]), 0))
  const [isNegative] = await comparison.data()
  comparison.dispose()
  return isNegative === 0
}

/** The value itself. A subnormal value becomes the nearest normal number away from 0. */
export function withoutSubnormals(value: number): number {
  return value !== 0 && Math.abs(value) < LEAST_NORMAL ? Math.sign(value) * LEAST_NORMAL : value
}

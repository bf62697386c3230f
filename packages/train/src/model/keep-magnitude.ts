/**
 * Keeps the magnitude of a convolution's outputs where a stage gives its weights W another quantizer Q.
 *
 *   a[c] <- a[c] mean |Q_before(W[c])| / mean |Q_after(W[c])|, the means over the filter of channel c
 *
 * a is the learned scale right behind the convolution. A BatchNorm there would normalize the outputs anyway. Blocks without one,
 * such as Real-to-Binary's, begin the stage with outputs that are 1 / mean |W| times as large, if real weights become signs. No
 * paper states how it goes on from there. The setting is our own.
 */
import { LearnedScale, type QuantizedLayer } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { namedQuantizedLayers } from './named-weights.ts'

/** Mean magnitude per output channel. */
function magnitudeOf(layer: QuantizedLayer): tf.Tensor1D {
  const kernel = layer.quantizedKernel()
  return tf.mean(tf.abs(kernel), [...kernel.shape.keys()].slice(0, -1)) as tf.Tensor1D
}

/**
 * Adapts the learned scales of a model.
 * @param model The model of the stage. It has the weights of `source` already.
 * @param source The model of the stage before, with the same layers under the same names.
 * @returns the number of adapted scales.
 */
export function keepMagnitude(model: LayersModel, source: LayersModel): number {
  const before = new Map(namedQuantizedLayers(source).map(({ path, layer }) => [path, layer]))
  let count = 0
  for (const { path, layer } of namedQuantizedLayers(model)) {
    const scales = layer.outboundNodes.map(({ outboundLayer }) => outboundLayer).filter((next) => next instanceof LearnedScale)
    const earlier = before.get(path)
    if (!earlier || scales.length === 0) continue
    tf.tidy(() => {
      const [old, now] = [magnitudeOf(earlier), magnitudeOf(layer)]
      // A filter of zeros has no outputs to keep.
      const factors = tf.where(tf.logicalAnd(tf.greater(old, 0), tf.greater(now, 0)), tf.div(old, now), tf.onesLike(old))
      for (const scale of scales) scale.multiplyBy(factors as tf.Tensor1D)
    })
    count += scales.length
  }
  return count
}

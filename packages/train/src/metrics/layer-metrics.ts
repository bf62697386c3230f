/** The health of each quantized layer: the share of gradients that pass, the variety of signs, the spread of latent weights. */
import type { Configured, Quantizer, QuantizerContext, QuantizerTarget } from '@onebit/core'
import type { Batch } from '@onebit/data'
import { quantize } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { QuantizerControl } from '../model/quantizer-control.ts'
import { type Histogram, histogram } from './histogram.ts'

export interface LayerMetrics {
  /** Share of input values for which the quantizer blocks the gradient, 0 to 1. */
  saturatedActivations?: number
  /** Share of latent weights for which the quantizer blocks the gradient, 0 to 1. */
  saturatedWeights?: number
  /** Entropy of the input's signs, in bits, mean over channels: 1 is an even split, 0 a constant. */
  signEntropy?: number
  /** Share of input channels whose sign never changes over the probe images, 0 to 1. */
  deadChannels?: number
  /** Entropy of the weights' signs, in bits, mean over filters. */
  weightSignEntropy?: number
  latentWeights?: Histogram
}

/** Number of images in a probe. */
export const PROBE_IMAGES = 32

/** The share of values whose gradient is blocked, a scalar. */
function saturation(x: tf.Tensor, quantizer: Configured<Quantizer>, context: QuantizerContext): tf.Tensor {
  const slope = tf.grad((values: tf.Tensor) => tf.sum(quantize(values, quantizer, { ...context, training: true, seed: 1 })))(x)
  return tf.mean(tf.cast(tf.equal(slope, 0), 'float32'))
}

function entropy(share: number): number {
  return share <= 0 || share >= 1 ? 0 : -(share * Math.log2(share) + (1 - share) * Math.log2(1 - share))
}

/** The share of +1 in each channel, the last axis: `[channels]`. */
function positiveShares(x: tf.Tensor, { plugin, options }: Configured<Quantizer>, context: QuantizerContext): tf.Tensor {
  const levels = plugin.forward(x, options, { ...context, training: false, seed: 0 })
  const axes = x.shape.slice(0, -1).map((_, axis) => axis)
  return tf.mean(tf.cast(tf.greater(levels, 0), 'float32'), axes)
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The measurements of one quantizer during a probe, still on the backend. */
interface Sighting {
  readonly path: string
  readonly target: QuantizerTarget
  readonly shares: tf.Tensor
  readonly saturated: tf.Tensor
}

/** Reads the measurements and disposes of their tensors. */
async function metricsOf({ target, shares, saturated }: Sighting): Promise<LayerMetrics> {
  const [values, [share]] = await Promise.all([shares.data(), saturated.data()])
  tf.dispose([shares, saturated])
  const entropies = mean(Array.from(values, entropy))
  if (target === 'weight') return { saturatedWeights: share, weightSignEntropy: entropies }
  const dead = mean(Array.from(values, (positive) => (positive === 0 || positive === 1 ? 1 : 0)))
  return { saturatedActivations: share, signEntropy: entropies, deadChannels: dead }
}

/**
 * Measures every quantized layer with a forward pass over a batch. It changes nothing.
 * @param shape `[height, width, channels]` of the batch's images.
 * @returns metrics by layer path.
 */
export async function layerMetrics(
  model: LayersModel,
  control: QuantizerControl,
  { images, count }: Pick<Batch, 'images' | 'count'>,
  shape: readonly number[],
): Promise<Record<string, LayerMetrics>> {
  const metrics: Record<string, LayerMetrics> = {}
  for (const { path, layer } of control.layers) {
    const { latentWeights } = layer
    metrics[path] = latentWeights ? { latentWeights: histogram((await latentWeights.data()) as Float32Array) } : {}
  }
  const sightings: Sighting[] = []
  control.probe = ({ path }, x, quantizer, context) => {
    const [shares, saturated] = tf.tidy(() => [positiveShares(x, quantizer, context), saturation(x, quantizer, context)])
    sightings.push({ path, target: context.target, shares: tf.keep(shares), saturated: tf.keep(saturated) })
  }
  try {
    tf.tidy(() => void model.apply(tf.tensor(images, [count, ...shape]), { training: false }))
  } finally {
    control.probe = undefined
  }
  for (const sighting of sightings) Object.assign(metrics[sighting.path], await metricsOf(sighting))
  return metrics
}

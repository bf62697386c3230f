/**
 * Re-estimates the statistics of BatchNorm for weights and scales that no longer change. It takes the mean over each batch's
 * moments, instead of a moving average over steps in which the weights moved. Quantizers act as they will in the frozen network.
 */
import { type BatchSource, Random } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { namedLayers } from '../model/named-weights.ts'
import type { QuantizerControl } from '../model/quantizer-control.ts'

export interface ReestimateOptions {
  readonly source: BatchSource
  /** Number of batches. If the source has fewer, all of them. */
  readonly count: number
  /** Determines the choice of images. */
  readonly seed: number
}

export async function reestimateBatchNorm(
  model: LayersModel,
  control: QuantizerControl,
  { source, count, seed }: ReestimateOptions,
): Promise<void> {
  const norms = namedLayers(model)
    .map(({ layer }) => layer as unknown as { momentum: number })
    .filter((layer) => (layer as unknown as { getClassName(): string }).getClassName() === 'BatchNormalization')
  const momenta = norms.map(({ momentum }) => momentum)
  control.frozen = true
  try {
    let done = 0
    source.random.state = new Random(seed).state
    for await (const { images, count: length } of source.epoch()) {
      // Turns the moving average of TensorFlow.js into the plain mean of all batches so far.
      for (const norm of norms) norm.momentum = done / (done + 1)
      tf.tidy(() => void model.apply(tf.tensor(images, [length, ...source.shape]), { training: true }))
      if (++done === count) break
    }
  } finally {
    control.frozen = false
    norms.forEach((norm, index) => {
      norm.momentum = momenta[index]
    })
  }
}

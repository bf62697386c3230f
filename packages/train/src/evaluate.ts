/** What a model makes of images it was not trained on. */
import type { Batch, BatchSource, ImageSet } from '@onebit/data'
import { denormalize, pngBase64, resample } from '@onebit/image'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { checkLabels } from './check-data.ts'
import { TestImages } from './test-images.ts'
import { testSource } from './training-data.ts'

function scoresOf(model: LayersModel, { images, count }: Batch, shape: readonly number[]): tf.Tensor2D {
  return tf.tidy(() => model.predict(tf.tensor(images, [count, ...shape]), { batchSize: count }) as tf.Tensor2D)
}

/** How often the most probable class is the label. */
export interface Score {
  /** 0 to 1. */
  readonly accuracy: number
  /** Images seen. */
  readonly count: number
}

/**
 * The accuracy of a model on images in memory or from a source of batches.
 * @param classes Their names, in the order of the model's outputs.
 * @throws DataError on a label that is no class, and what the source throws.
 */
export async function evaluate(
  model: LayersModel,
  images: ImageSet | BatchSource,
  { classes, name = 'the data' }: { readonly classes: readonly string[]; readonly name?: string },
): Promise<Score> {
  return accuracyOf(model, new TestImages(testSource(images)), { classes, name })
}

export async function accuracyOf(
  model: LayersModel,
  test: TestImages,
  data: { readonly name: string; readonly classes: readonly string[] },
): Promise<Score> {
  let correct = 0
  let count = 0
  for await (const batch of test.epoch()) {
    checkLabels(batch, data)
    const right = tf.tidy(() => {
      const scores = scoresOf(model, batch, test.source.shape)
      return tf.sum(tf.equal(tf.argMax(scores, -1), tf.tensor1d(batch.labels, 'int32')))
    })
    correct += (await right.data())[0]
    count += batch.count
    right.dispose()
  }
  return { accuracy: count === 0 ? 0 : correct / count, count }
}

/** One test image and what the model says. */
export interface SamplePrediction {
  readonly label: string
  readonly predicted: string
  /** The model's score for what it predicted: a probability, if it ends in a softmax. */
  readonly score: number
  /** The image, PNG in base64. */
  readonly png: string
}

/** Larger samples are reduced to this many pixels on their longer side. */
const LONGEST_SIDE = 96

function picture(floats: Float32Array, { shape, normalization }: BatchSource): string {
  const whole = denormalize(floats, shape, normalization)
  const { height, width } = whole
  const share = Math.min(1, LONGEST_SIDE / Math.max(height, width))
  const side = (length: number): number => Math.max(1, Math.round(length * share))
  return pngBase64(share === 1 ? whole : resample(whole, { height: side(height), width: side(width) }))
}

/** The first images of the test set, at most `count`. */
export async function samplePredictions(
  model: LayersModel,
  test: TestImages,
  classes: readonly string[],
  count: number,
): Promise<SamplePrediction[]> {
  const batch = await test.first(count)
  const size = batch.images.length / batch.count
  const scores = scoresOf(model, batch, test.source.shape)
  const rows = await scores.array()
  scores.dispose()
  return rows.map((row, index) => {
    const predicted = row.indexOf(Math.max(...row))
    return {
      label: classes[batch.labels[index]],
      predicted: classes[predicted],
      score: row[predicted],
      png: picture(batch.images.subarray(index * size, (index + 1) * size), test.source),
    }
  })
}

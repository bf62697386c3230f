/** What a model makes of images it was not trained on. */
import { type Batch, batches, floatImages, type ImageSet } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { encodePng } from './report/png.ts'

const BATCH = 100

function imagesOf({ images, count }: Batch, set: ImageSet): tf.Tensor4D {
  return tf.tensor4d(images, [count, ...set.shape])
}

/** Share of images whose most probable class is their label. */
export async function accuracyOf(model: LayersModel, set: ImageSet): Promise<number> {
  let correct = 0
  for (const batch of batches(set, { batchSize: BATCH, shuffle: false })) {
    const right = tf.tidy(() => {
      const scores = model.predict(imagesOf(batch, set), { batchSize: BATCH }) as tf.Tensor
      return tf.sum(tf.equal(tf.argMax(scores, -1), tf.tensor1d(batch.labels, 'int32')))
    })
    correct += (await right.data())[0]
    right.dispose()
  }
  return correct / set.count
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

/** The first `count` images of a set. */
export async function samplePredictions(
  model: LayersModel,
  set: ImageSet,
  classes: readonly string[],
  count: number,
): Promise<SamplePrediction[]> {
  const indices = Array.from({ length: Math.min(count, set.count) }, (_, index) => index)
  const [height, width, channels] = set.shape
  const size = height * width * channels
  const scores = tf.tidy(() => {
    return model.predict(tf.tensor4d(floatImages(set, indices), [indices.length, ...set.shape])) as tf.Tensor2D
  })
  const rows = await scores.array()
  scores.dispose()
  return rows.map((row, index) => {
    const predicted = row.indexOf(Math.max(...row))
    return {
      label: classes[set.labels[index]],
      predicted: classes[predicted],
      score: row[predicted],
      png: encodePng(set.images.subarray(index * size, (index + 1) * size), set.shape).toString('base64'),
    }
  })
}

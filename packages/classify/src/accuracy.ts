/** How often the most probable class is the labeled one. */
import { argMax } from './class-scores.ts'

/** Anything that turns images into scores: a `Network`, or a function around a `tf.LayersModel`. */
export type Scorer = (images: Float32Array) => Promise<ArrayLike<number>> | ArrayLike<number>

export interface LabeledBatch {
  /** `count` images, one after the other. */
  readonly images: Float32Array
  /** Their labels. What `batches` of `@onebit/data` gives is one. */
  readonly annotations: ArrayLike<unknown>
  readonly count: number
}

export interface Evaluation {
  /** 0 to 1. */
  readonly accuracy: number
  readonly count: number
  /** The predicted class of every image, in order. */
  readonly predictions: readonly number[]
}

/**
 * How often a scorer is right, over all batches; 0 of no images.
 * @param onBatch Called after every batch with the number of images seen so far.
 */
export async function evaluate(
  scorer: Scorer,
  batches: Iterable<LabeledBatch> | AsyncIterable<LabeledBatch>,
  onBatch?: (seen: number) => void,
): Promise<Evaluation> {
  const predictions: number[] = []
  let correct = 0
  for await (const { images, annotations, count } of batches) {
    const scores = await scorer(images)
    const classes = scores.length / count
    for (let i = 0; i < count; i++) {
      const predicted = argMax(scores, i * classes, (i + 1) * classes)
      predictions.push(predicted)
      if (predicted === annotations[i]) correct++
    }
    onBatch?.(predictions.length)
  }
  const count = predictions.length
  return { accuracy: count === 0 ? 0 : correct / count, count, predictions }
}

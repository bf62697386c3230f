/** Accuracy: the share of pictures whose most probable class is their label. */
import { checkArguments, InputError, rules, tagOf } from '@onebit/core'
import { argMax } from './class-scores.ts'

/** Anything that turns images into scores: a `Network`, or a function around a `tf.LayersModel`. */
export type Scorer = (images: Float32Array) => Promise<ArrayLike<number>> | ArrayLike<number>

export interface LabeledBatch {
  /** `count` images, one after the other. */
  readonly images: Float32Array
  /** The labels of the images. A batch from `batches` of `@onebit/data` fits. */
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

const batchRule = rules.object({
  images: rules.rule('a Float32Array', (value) => tagOf(value) === 'Float32Array'),
  annotations: rules.rule('a list of labels', (value) => typeof value === 'object' && value !== null && 'length' in value),
  count: rules.integer({ minimum: 1 }),
})
const iterable = rules.rule(
  'batches, one after the other',
  (value) => typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value),
)

/** The number of classes. @throws InputError unless every picture of a batch has as many scores, all of them numbers. */
function classesOf(scores: ArrayLike<number>, count: number): number {
  const fault = rules.numbers(scores)
  const classes = fault ? 0 : scores.length / count
  const offender = fault ? -1 : Array.from(scores).findIndex((score) => !Number.isFinite(score))
  if (Number.isInteger(classes) && classes >= 1 && offender < 0) return classes
  throw new InputError({
    what:
      offender < 0
        ? 'The scorer does not give the same number of scores for each picture.'
        : `Score ${offender} of a batch is not finite.`,
    expected: offender < 0 ? `a list of numbers, as many for each of ${count} pictures` : 'finite numbers',
    received: offender < 0 ? (fault?.received ?? `${scores.length} scores`) : `${scores[offender]}`,
  })
}

/**
 * The accuracy of a scorer over all batches; 0 without images.
 * @throws OptionError if an argument is not a scorer or not batches; InputError on scores that do not fit the batch or are not
 * finite.
 * @param onBatch Called after every batch with the number of images seen so far.
 */
export async function evaluate(
  scorer: Scorer,
  batches: Iterable<LabeledBatch> | AsyncIterable<LabeledBatch>,
  onBatch?: (seen: number) => void,
): Promise<Evaluation> {
  checkArguments('evaluate()', {
    scorer: [scorer, rules.callback],
    batches: [batches, iterable],
    onBatch: [onBatch, rules.optional(rules.callback)],
  })
  const predictions: number[] = []
  let correct = 0
  for await (const batch of batches) {
    checkArguments('evaluate()', { batch: [batch, batchRule] })
    const { images, annotations, count } = batch
    const scores = await scorer(images)
    const classes = classesOf(scores, count)
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

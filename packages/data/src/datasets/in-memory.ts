/** Data sets in memory: the first images of each part, normalized and augmented according to the options. */
import { type AnyFacts, checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import type { Augmentation } from '../augment/augmentation.ts'
import { batches } from '../batches.ts'
import type { Dataset } from '../dataset.ts'
import type { ImageSet } from '../image-set.ts'
import { type ChannelNormalization, type Normalization, normalizationRule } from '../normalization.ts'
import type { CommonOptions } from './common-options.ts'
import type { LoadContext, LoadedDataset } from './dataset-plugin.ts'
import { holdOut } from './hold-out.ts'

function shorten(set: ImageSet, limit: number, normalization: Normalization | ChannelNormalization): ImageSet {
  const count = Math.min(set.count, limit)
  const [height, width, channels] = set.shape
  return {
    ...set,
    count,
    normalization,
    images: set.images.subarray(0, count * height * width * channels),
    annotations: Array.prototype.slice.call(set.annotations, 0, count),
  }
}

/** The pictures with these indices, in this order. */
function chosen(set: ImageSet, indices: readonly number[]): ImageSet {
  const [height, width, channels] = set.shape
  const size = height * width * channels
  const images = new Uint8Array(indices.length * size)
  for (const [place, index] of indices.entries()) images.set(set.images.subarray(index * size, (index + 1) * size), place * size)
  return { ...set, images, annotations: indices.map((index) => set.annotations[index]), count: indices.length }
}

function split(set: ImageSet, validation: number): { train: ImageSet; validation?: ImageSet } {
  if (validation === 0) return { train: set }
  const parts = holdOut(set.annotations, validation)
  return { train: chosen(set, parts.train), validation: chosen(set, parts.validation) }
}

const stepsRule = rules.list(rules.object({ type: rules.text }))
const dataRule = rules.object({
  name: rules.text,
  facts: rules.record(rules.anything),
  train: argument.imageSet,
  test: argument.imageSet,
  normalization: normalizationRule,
})
const CONTEXT: ValueRules<keyof LoadContext> = {
  onProgress: rules.callback,
  signal: rules.signal,
  decodeWorker: rules.address,
  augmentations: rules.list(rules.object({ name: rules.text })),
  plugins: rules.list(rules.text),
}

/**
 * @param task The name of the annotations' task.
 * @param usual The augmentation if the options name none.
 */
export function inMemory(
  task: string,
  data: Dataset<Normalization | ChannelNormalization, AnyFacts>,
  options: CommonOptions,
  context: LoadContext,
  usual: readonly Augmentation[] = [],
): LoadedDataset {
  checkArguments('inMemory()', {
    task: [task, rules.text],
    data: [data, dataRule],
    options: [
      options,
      rules.object(
        { batch: rules.integer({ minimum: 1 }) },
        { limit: rules.integer({ minimum: 1 }), augment: stepsRule, normalization: normalizationRule },
      ),
    ],
    usual: [usual, stepsRule],
  })
  const { name, facts, input, source, background } = data
  const { augmentations } = checkOptions('inMemory()', context, CONTEXT)
  const { batch, limit = Number.POSITIVE_INFINITY, normalization = data.normalization, augment: steps = usual } = options
  const [first, test] = [data.train, data.test].map((set) => shorten(set, limit, normalization))
  const { train, validation } = split(first, options.validation ?? 0)
  const dropLast = train.count >= batch
  return {
    name,
    task,
    facts,
    input,
    source,
    background,
    images: { train: train.count, validation: validation?.count ?? 0, test: test.count },
    train: steps.length === 0 ? train : batches(train, { batchSize: batch, dropLast, augment: steps, augmentations }),
    validation,
    test,
  }
}

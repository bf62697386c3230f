import { checkArguments, checkOptions, describeValue, OptionError, rules } from '@onebit/core'
import { normalizationTable, writeNormalized } from '@onebit/image'
import * as argument from './argument-rules.ts'
import { DataError } from './data-error.ts'
import { type ChannelNormalization, type Normalization, normalizationRule } from './normalization.ts'
import { readIdx } from './read-idx.ts'

/** Annotated pictures of one size, as bytes. */
export interface ImageSet<Annotation = unknown> {
  /** `[count, height, width, channels]` in row-major order, 0 to 255. */
  images: Uint8Array
  /** `[count]`, in the pixels of the pictures. Labels of classes are numbers; a Uint8Array or an Int32Array is a list of them. */
  annotations: ArrayLike<Annotation>
  count: number
  /** `[height, width, channels]` of one image. */
  shape: readonly [height: number, width: number, channels: number]
  /** The default normalization of `floatImages` and `batches`. */
  normalization: Normalization | ChannelNormalization
}

/** Pictures in classes: annotations index the names in the facts of the data set. */
export interface LabeledSet extends ImageSet<number> {
  /** `[count]` */
  annotations: Uint8Array
}

/** A file's content (gzipped or not) and its name in errors. */
export interface NamedBytes {
  name: string
  bytes: Uint8Array<ArrayBuffer>
}

/**
 * Makes an image set from an IDX file of images `[count, height, width]` and an IDX file of labels `[count]`. MNIST,
 * Fashion-MNIST, KMNIST and others are published in this form. Labels are below `classCount`.
 * @throws the DataErrors of `readIdx`, and DataError with reason `dimensions`, `count-mismatch` or `label-range`.
 */
export async function readImageSet(
  images: NamedBytes,
  labels: NamedBytes,
  given: { classCount: number; normalization?: Normalization },
): Promise<LabeledSet> {
  const options = checkOptions<typeof given | undefined>(
    'readImageSet()',
    given,
    { classCount: rules.integer({ minimum: 1 }), normalization: normalizationRule },
    ['classCount'],
  )
  checkArguments('readImageSet()', { images: [images, argument.namedBytes], labels: [labels, argument.namedBytes] })
  const pixels = await readIdx(images.bytes, images.name)
  requireRank(pixels.shape, ['count', 'height', 'width'], images.name)
  const classes = await readIdx(labels.bytes, labels.name)
  requireRank(classes.shape, ['count'], labels.name)
  const [count, height, width] = pixels.shape
  if (classes.shape[0] !== count) {
    throw new DataError({
      reason: 'count-mismatch',
      file: labels.name,
      what: `'${images.name}' and '${labels.name}' do not belong together.`,
      expected: `${count} labels, one for each image`,
      received: `${classes.shape[0]} labels`,
      fix: 'Give the images and the labels of the same part of the data set.',
    })
  }
  const offender = classes.data.findIndex((label) => label >= options.classCount)
  if (offender >= 0) {
    throw new DataError({
      reason: 'label-range',
      file: labels.name,
      what: `Label ${offender} of '${labels.name}' is not a class of this data set.`,
      expected: `0 to ${options.classCount - 1}`,
      received: `${classes.data[offender]}`,
    })
  }
  const normalization = options.normalization ?? { mean: 0, standardDeviation: 1 }
  return { images: pixels.data, annotations: classes.data, count, shape: [height, width, 1], normalization }
}

function requireRank(shape: number[], dimensions: string[], name: string): void {
  if (shape.length === dimensions.length) return
  throw new DataError({
    reason: 'dimensions',
    file: name,
    what: `The IDX file '${name}' has the wrong number of dimensions.`,
    expected: `[${dimensions.join(', ')}]`,
    received: `[${shape.join(', ')}]`,
    fix: 'Check that the files of images and labels are not swapped.',
  })
}

/**
 * The images at `indices`, normalized, as `[indices.length, height, width, channels]` in row-major order.
 * Throws `OptionError` on an index outside 0..count-1 or a normalization that does not fit.
 */
export function floatImages(
  set: ImageSet,
  indices: ArrayLike<number>,
  normalization = set?.normalization,
): Float32Array<ArrayBuffer> {
  checkArguments('floatImages()', { set: [set, argument.imageSet], indices: [indices, rules.numbers] })
  const channels = set.shape[2]
  const values = normalizationTable(normalization, channels)
  const size = set.shape[0] * set.shape[1] * channels
  const floats = new Float32Array(indices.length * size)
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row]
    requireIndex(set, index)
    writeNormalized(set.images.subarray(index * size, (index + 1) * size), values, channels, floats, row * size)
  }
  return floats
}

function requireIndex(set: ImageSet, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < set.count) return
  throw new OptionError({
    what: 'An image index is out of range.',
    expected: `an integer from 0 to ${set.count - 1}`,
    received: describeValue(index),
  })
}

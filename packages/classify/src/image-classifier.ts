/** Images in, labels with probabilities out: a loaded network as a classifier. */
import { InputError, type LoadedNetwork, type RunOptions } from '@onebit/core'
import {
  type DecodeFile,
  type Normalization,
  normalizationTable,
  type PictureSource,
  type Preparation,
  preparePicture,
  type ResizeMode,
  readPicture,
} from '@onebit/image'
import { assumptionsOf, readClassifierMetadata } from './classifier-metadata.ts'

export interface ImageClassifierOptions {
  /** In place of those in the model's metadata. */
  labels?: readonly string[]
  /** In place of that in the model's metadata. */
  normalization?: Normalization
  /**
   * How pictures become as large as the input: `contain` fits the whole picture in and continues its border, `cover` cuts what is too
   * long, `stretch` bends the proportions. Default: the preparation of the model's metadata, as in its evaluation; without one, `contain`.
   */
  fit?: ResizeMode
  /** Turns files into pixels. Default: the browser's own decoder; in Node there is none. */
  decode?: DecodeFile
}

export interface ClassifyOptions extends RunOptions {
  /** How many classes to return, the most probable first. @default 5 */
  top?: number
}

export interface Classification {
  /** The class's number as a word where the model has no labels. */
  readonly label: string
  /** 0 to 1 */
  readonly probability: number
  readonly index: number
}

export interface ImageClassifier {
  /** `[height, width, channels]` of the network's input. */
  readonly input: readonly [number, number, number]
  readonly labels: readonly string[]
  /**
   * What neither the model's file nor the options say and is therefore assumed, a sentence each. Without a normalization, inputs are pixels
   * from 0 to 1; without labels, classes are numbers. Empty for a file with the metadata of `classifierMetadata`.
   */
  readonly assumptions: readonly string[]
  /**
   * The most probable classes of an image.
   * @throws PictureError, an InputError, if the image is not one; DisposedError.
   */
  classify(image: PictureSource, options?: ClassifyOptions): Promise<Classification[]>
  /** The same for several images in one run. */
  classifyAll(images: readonly PictureSource[], options?: ClassifyOptions): Promise<Classification[][]>
  /** The network's input for an image, by `preparePicture` of `@onebit/image`: `height x width x channels` values. */
  prepare(image: PictureSource): Promise<Float32Array>
}

/**
 * A classifier on a loaded network whose first output is class probabilities.
 * @throws InputError if the network takes or gives something else; ModelFormatError on bad metadata.
 */
export function imageClassifier(network: LoadedNetwork, options: ImageClassifierOptions = {}): ImageClassifier {
  const { labels, fit, decode } = options
  const [input, ...others] = network.inputs
  const [output] = network.outputs
  const isImage = others.length === 0 && input.shape.length === 3 && [1, 3].includes(input.shape[2])
  if (!isImage || output.shape.length !== 1) {
    throw new InputError({
      what: 'This network is no classifier of images.',
      expected: 'one input [height, width, 1 or 3] and an output [classes]',
      received: `[${input.shape}] and [${output.shape}]`,
    })
  }
  const [height, width, channels] = input.shape
  const [classes] = output.shape
  const metadata = readClassifierMetadata(network.metadata)
  const known = { labels: labels ?? metadata.labels, normalization: options.normalization ?? metadata.normalization }
  const { normalization } = known
  if (normalization) normalizationTable(normalization, channels)
  const fitted: Preparation | undefined = fit && [{ type: 'resize', size: [height, width], mode: fit, fill: 'border' }]
  const preparation = fitted ?? metadata.preparation
  const names = known.labels ?? Array.from({ length: classes }, (_, index) => `${index}`)
  if (names.length !== classes) {
    throw new InputError({
      what: 'The labels do not fit the network.',
      expected: `${classes} labels`,
      received: `${names.length}`,
      fix: 'Give the labels of the data set the network was trained on.',
    })
  }

  const prepare = async (source: PictureSource): Promise<Float32Array> => {
    const picture = await readPicture(source, decode)
    return preparePicture(picture, preparation, { input: input.shape, normalization }).values
  }

  const classifyAll = async (images: readonly PictureSource[], { top = 5, ...options }: ClassifyOptions = {}) => {
    if (images.length === 0) return []
    const values = new Float32Array(images.length * height * width * channels)
    for (const [index, image] of images.entries()) values.set(await prepare(image), index * height * width * channels)
    const outputs = await network.run({ [input.name]: values }, options)
    const scores = outputs[output.name]
    return images.map((_, image) =>
      names
        .map((label, index) => ({ label, probability: Number(scores[image * classes + index]), index }))
        .sort((a, b) => b.probability - a.probability || a.index - b.index)
        .slice(0, top),
    )
  }

  return {
    input: [height, width, channels],
    labels: names,
    assumptions: assumptionsOf(known),
    prepare,
    classifyAll,
    classify: async (image, options) => (await classifyAll([image], options))[0],
  }
}

/** Images in, labels with probabilities out: a loaded network as a classifier. */
import { InputError, type LoadedNetwork, ModelFormatError, type PixelNormalization, type RunOptions } from '@onebit/core'
import { assumptionsOf, type ClassifierMetadata, readClassifierMetadata } from './classifier-metadata.ts'
import { type DecodeFile, type ImageSource, readImage } from './read-image.ts'
import { cropCenter, type Pixels, resizeBilinear } from './resize-bilinear.ts'

export interface ImageClassifierOptions {
  /** In place of those in the model's metadata. */
  labels?: readonly string[]
  /** In place of that in the model's metadata. */
  normalization?: PixelNormalization
  /**
   * `cover` keeps the proportions and cuts what is too long, the middle remains; `stretch` keeps everything and bends the
   * proportions. Default: the center crop of the model's metadata, as in its evaluation; without one, `cover`.
   */
  fit?: 'cover' | 'stretch'
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
   * @throws InputError if the image is not one; DisposedError.
   */
  classify(image: ImageSource, options?: ClassifyOptions): Promise<Classification[]>
  /** The same for several images in one run. */
  classifyAll(images: readonly ImageSource[], options?: ClassifyOptions): Promise<Classification[][]>
  /** The network's input for an image: resized, normalized, `height x width x channels` values. */
  prepare(image: ImageSource): Promise<Float32Array>
}

/** @param shorterSide What the picture's shorter side is scaled to, if that is more than covers the input. */
function covering(image: Pixels, width: number, height: number, shorterSide = 0): Pixels {
  const scale = Math.max(width / image.width, height / image.height, shorterSide / Math.min(image.width, image.height))
  if (scale === 1) return cropCenter(image, width, height)
  const wide = Math.max(width, Math.round(image.width * scale))
  const high = Math.max(height, Math.round(image.height * scale))
  return cropCenter(resizeBilinear(image, wide, high), width, height)
}

/** What the preparation of the network's own pictures scales their shorter side to, before it cuts out their middle. */
function shorterSideOf({ preparation }: ClassifierMetadata): number | undefined {
  if (preparation === undefined) return undefined
  const [step, ...others] = preparation as readonly { readonly type: string; readonly shorterSide?: unknown }[]
  const { type, shorterSide } = step ?? {}
  if (others.length === 0 && type === 'center-crop' && (shorterSide === undefined || Number.isInteger(shorterSide)))
    return shorterSide as number | undefined
  throw new ModelFormatError({
    field: 'metadata.preparation',
    what: 'The pictures of this network are prepared in a way that is not known here.',
    expected: `one 'center-crop', its shorterSide in pixels`,
    received: JSON.stringify(preparation).slice(0, 80),
    fix: "Prepare pictures yourself, and give them to the network's `run`.",
  })
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
  const shorterSide = shorterSideOf(metadata)
  const known = { labels: labels ?? metadata.labels, normalization: options.normalization ?? metadata.normalization }
  const { mean, standardDeviation } = known.normalization ?? { mean: 0, standardDeviation: 1 }
  const names = known.labels ?? Array.from({ length: classes }, (_, index) => `${index}`)
  if (names.length !== classes) {
    throw new InputError({
      what: 'The labels do not fit the network.',
      expected: `${classes} labels`,
      received: `${names.length}`,
      fix: 'Give the labels of the data set the network was trained on.',
    })
  }

  const prepare = async (image: ImageSource): Promise<Float32Array> => {
    const pixels = await readImage(image, channels, decode)
    const { data } =
      fit === 'stretch' ? resizeBilinear(pixels, width, height) : covering(pixels, width, height, fit ? undefined : shorterSide)
    const [means, deviations] = [[mean].flat(), [standardDeviation].flat()]
    const at = (list: readonly number[], index: number): number => list[list.length === 1 ? 0 : index % channels]
    return Float32Array.from(data, (value, index) => (value / 255 - at(means, index)) / at(deviations, index))
  }

  const classifyAll = async (images: readonly ImageSource[], { top = 5, ...options }: ClassifyOptions = {}) => {
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

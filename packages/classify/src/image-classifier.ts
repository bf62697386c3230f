/** Images in, labels with probabilities out: the pipeline of classification, with familiar names. */
import {
  checkArguments,
  checkOptions,
  type LoadedNetwork,
  type PictureData,
  type RunOptions,
  rules,
  type ValueRules,
} from '@onebit/core'
import {
  createPipeline,
  type DecodeFile,
  type Normalization,
  type PictureSource,
  type Preparation,
  pictureRules,
  type ResizeMode,
} from '@onebit/image'
import { type ClassScores, ranked } from './class-scores.ts'
import { runtime } from './classification-runtime.ts'

export interface ImageClassifierOptions {
  /** Replaces the labels in the model's metadata. */
  labels?: readonly string[]
  /** Replaces the normalization in the model's metadata. */
  normalization?: Normalization
  /**
   * Replaces the preparation in the model's metadata. `contain` fits the whole image in; `cover` cuts off the longer side around
   * the middle; `stretch` keeps the whole image and changes its proportions. Default: the preparation in the metadata, as in
   * training and evaluation. If there is none, `contain`, with the color of the image's border around it.
   */
  fit?: ResizeMode
  /** Decodes files to pixels. Default: the browser's own decoder; Node has none. */
  decode?: DecodeFile
}

export interface ClassifyOptions extends RunOptions {
  /** Number of classes to return, the most probable first. @default 5 */
  top?: number
}

export interface Classification {
  /** The class's number as a word if the model has no labels. */
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
   * Assumptions in place of facts that neither the model's file nor the options state, one sentence each. Without a
   * normalization, inputs are pixels from 0 to 1; without labels, classes are numbers. Empty for a file with the metadata of
   * `classifierMetadata`.
   */
  readonly assumptions: readonly string[]
  /**
   * The most probable classes of an image.
   * @throws PictureError if the image is not one; OutputError if a score is NaN or infinite; DisposedError.
   */
  classify(image: PictureSource, options?: ClassifyOptions): Promise<Classification[]>
  /** The most probable classes of several images, in one run. */
  classifyAll(images: readonly PictureSource[], options?: ClassifyOptions): Promise<Classification[][]>
  /** The network's input for an image: resized, normalized, `height x width x channels` values. */
  prepare(image: PictureSource): Promise<Float32Array>
  /** The image with the most probable classes below it. */
  draw(image: PictureSource): Promise<PictureData>
}

const OPTIONS: ValueRules<keyof ImageClassifierOptions> = {
  labels: rules.list(rules.text, { minimum: 1 }),
  normalization: pictureRules.normalization,
  fit: rules.oneOf(['contain', 'cover', 'stretch']),
  decode: rules.callback,
}
const CLASSIFY_OPTIONS: ValueRules<keyof ClassifyOptions> = { top: rules.integer({ minimum: 1 }), validate: rules.boolean }

/**
 * A classifier on a loaded network whose first output is class probabilities.
 * @throws OptionError on a bad option; InputError if the network takes or gives something else; ModelFormatError on bad metadata.
 */
export function imageClassifier(network: LoadedNetwork, options: ImageClassifierOptions = {}): ImageClassifier {
  checkArguments('imageClassifier()', { network: [network, pictureRules.network] })
  const { labels, normalization, fit, decode } = checkOptions('imageClassifier()', options, OPTIONS)
  const [height, width] = network.inputs[0].shape
  const preparation: Preparation | undefined = fit && [{ type: 'resize', size: [height, width], mode: fit, fill: 'border' }]
  const pipeline = createPipeline(network, runtime, {
    facts: labels && { classes: labels },
    normalization,
    preparation,
    decode,
  })
  const { classes } = pipeline.facts
  const named = ({ scores }: ClassScores, top: number): Classification[] =>
    ranked(scores, top).map(({ index, score }) => ({ label: classes[index], probability: score, index }))

  const classifyAll: ImageClassifier['classifyAll'] = async (images, given) => {
    const { top = 5, ...run } = checkOptions('classify()', given, CLASSIFY_OPTIONS)
    return (await pipeline.runAll(images, run)).map((prediction) => named(prediction, top))
  }

  return {
    input: pipeline.input,
    labels: classes,
    assumptions: pipeline.assumptions,
    classifyAll,
    classify: async (image, run) => (await classifyAll([image], run))[0],
    prepare: async (image) => (await pipeline.prepare(image)).values,
    draw: async (image) => pipeline.draw(image, await pipeline.run(image)),
  }
}

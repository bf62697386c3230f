/** A loaded network as people use it, the same for every task: it takes pictures and returns predictions in their own pixels. */
import {
  type AnyFacts,
  checkArguments,
  checkOptions,
  InputError,
  type LoadedNetwork,
  type PictureData,
  type RunOptions,
  rules,
  splitOutputs,
  type TaskRuntime,
} from '@onebit/core'
import { inverse } from './affine.ts'
import * as argument from './argument-rules.ts'
import { type Computed, gpuComputer } from './compute-on-gpu.ts'
import type { Normalization } from './normalization.ts'
import type { Picture } from './picture.ts'
import { readPictureMetadata } from './picture-metadata.ts'
import { type Preparation, preparationOf } from './preparation.ts'
import { type PreparedPicture, preparePicture } from './prepare-picture.ts'
import type { DecodeFile, PictureSource } from './read/picture-source.ts'
import { readPicture } from './read/read-picture.ts'

export interface PipelineOptions<Facts> {
  /** Replaces the facts in the model's metadata. */
  readonly facts?: Partial<Facts>
  /** Replaces the normalization in the model's metadata. */
  readonly normalization?: Normalization
  /** Replaces the preparation in the model's metadata. */
  readonly preparation?: Preparation
  /** Decodes files to pixels. Default: the browser's own decoder; Node has none. */
  readonly decode?: DecodeFile
}

export interface Pipeline<Facts = AnyFacts, Prediction = unknown> {
  /** `[height, width, channels]` of the network's input. */
  readonly input: readonly [height: number, width: number, channels: number]
  readonly facts: Facts
  /** Assumptions in place of facts that neither the model's file nor the options state, one sentence each. */
  readonly assumptions: readonly string[]
  /**
   * The prediction for a picture.
   * @throws PictureError if there is no picture; OutputError if an output is NaN or infinite; DisposedError.
   */
  run(source: PictureSource, options?: RunOptions): Promise<Prediction>
  /** The predictions for several pictures, in one run. */
  runAll(sources: readonly PictureSource[], options?: RunOptions): Promise<Prediction[]>
  /** The network's input for a picture. */
  prepare(source: PictureSource): Promise<PreparedPicture>
  /** The picture with a prediction drawn on it. */
  draw(source: PictureSource, prediction: Prediction): Promise<PictureData>
}

const { callback, list, object, text } = rules
const runtimeRule = object({ name: text, readMetadata: callback, complete: callback, decode: callback, draw: callback })

const completedRule = object({ facts: rules.anything, assumptions: list(text) })

type Input = LoadedNetwork['inputs'][number]

function pictureInput({ inputs }: LoadedNetwork): Input {
  const [input, ...others] = inputs
  if (others.length === 0 && input.shape.length === 3 && [1, 3].includes(input.shape[2])) return input
  throw new InputError({
    what: 'This network takes no pictures.',
    expected: 'one input [height, width, 1 or 3]',
    received: inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' and '),
  })
}

function checkTask(network: LoadedNetwork, name: string): void {
  const { task } = network.metadata
  if (task === undefined || task === name) return
  throw new InputError({
    what: `This network is for another task.`,
    expected: `the task '${name}'`,
    received: `'${task}'`,
    fix: `Use the runtime of '${task}'.`,
  })
}

/**
 * A pipeline on a loaded network.
 * @param runtime The deployment half of a task, for example `runtime` of `@onebit/classify/deployment`.
 * @throws InputError if the network is for another task; ModelFormatError on bad metadata.
 */
export function createPipeline<Facts, Annotation, Prediction>(
  network: LoadedNetwork,
  runtime: TaskRuntime<Facts, Annotation, Prediction>,
  options: PipelineOptions<Facts> = {},
): Pipeline<Facts, Prediction> {
  checkArguments('createPipeline()', { network: [network, argument.network], runtime: [runtime, runtimeRule] })
  const {
    normalization: ownNormalization,
    preparation: ownPreparation,
    decode,
    facts: ownFacts,
  } = checkOptions('createPipeline()', options, argument.pipelineOptions)
  checkTask(network, runtime.name)
  const input = pictureInput(network)
  const [height, width, channels] = input.shape
  const metadata = readPictureMetadata(network.metadata)
  const normalization = ownNormalization ?? metadata.normalization
  const preparation = ownPreparation === undefined ? metadata.preparation : preparationOf(ownPreparation)
  const shapes = Object.fromEntries(network.outputs.map(({ name, shape }) => [name, shape]))
  const stated = { ...runtime.readMetadata(network.metadata), ...ownFacts }
  const completed = runtime.complete(stated, shapes)
  checkArguments('createPipeline()', { 'runtime.complete()': [completed, completedRule] })
  const { facts, assumptions } = completed

  const prepared = (picture: Picture): PreparedPicture =>
    preparePicture(picture, preparation, { input: input.shape, normalization })

  const computeHere = async (sources: readonly PictureSource[], runOptions?: RunOptions): Promise<Computed> => {
    const pictures = await Promise.all(sources.map((source) => readPicture(source, decode)))
    const inputs = pictures.map(prepared)
    const size = height * width * channels
    const values = new Float32Array(pictures.length * size)
    for (const [index, { values: own }] of inputs.entries()) values.set(own, index * size)
    const results = await network.run({ [input.name]: values }, runOptions)
    return { results, pictures, toInput: inputs.map(({ toInput }) => toInput) }
  }
  const computeOnGpu = gpuComputer(network, { preparation, normalization, decode })

  const runAll = async (sources: readonly PictureSource[], runOptions?: RunOptions): Promise<Prediction[]> => {
    checkArguments('runAll()', { sources: [sources, list(rules.anything)] })
    if (sources.length === 0) return []
    const computed = (await computeOnGpu(sources, runOptions)) ?? (await computeHere(sources, runOptions))
    const { results, pictures, toInput } = computed
    return splitOutputs(network, results, pictures.length).map((outputs, index) =>
      runtime.decode(outputs, facts, {
        toPicture: inverse(toInput[index]),
        picture: [pictures[index].height, pictures[index].width],
        input: [height, width],
      }),
    )
  }

  return {
    input: [height, width, channels],
    facts,
    assumptions: [...assumptions, ...(normalization ? [] : [NO_NORMALIZATION])],
    runAll,
    run: async (source, runOptions) => (await runAll([source], runOptions))[0],
    prepare: async (source) => prepared(await readPicture(source, decode)),
    draw: async (source, prediction) => runtime.draw(await readPicture(source, decode), prediction, facts),
  }
}

/** Wrongly scaled inputs give wrong answers without an error. */
const NO_NORMALIZATION =
  'The file states no normalization: inputs are pixels from 0 to 1, which is wrong if the network was trained on others.'

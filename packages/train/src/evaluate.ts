/** Measures a model's predictions on pictures outside its training set, by the metrics of its task. */
import {
  type AnyFacts,
  checkArguments,
  checkOptions,
  type MetricTable,
  type OutputValues,
  rules,
  type Task,
  type ValueRules,
} from '@onebit/core'
import type { Batch, BatchSource, ImageSet } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { facts as factsRule, filledText, images as imagesRule, layersModel, task as taskRule } from './argument-rules.ts'
import { DivergenceError } from './errors.ts'
import type { MetricValues } from './events.ts'
import { outputNamesOf } from './model/output-names.ts'
import type { TaskContext } from './task-context.ts'
import { taskContext, taskOf } from './task-context.ts'
import { TestImages } from './test-images.ts'
import { testSource } from './training-data.ts'

export interface Evaluation {
  /** By the metric's name. */
  readonly values: MetricValues
  /** Number of pictures. */
  readonly count: number
  /** Details beside the numbers, from the task: per class, per joint. */
  readonly tables: readonly MetricTable[]
  /** Mean loss over the pictures, if the forward pass returns a loss. */
  readonly loss?: number
}

/**
 * One forward pass through a model. It gives the outputs in order and, if known, the mean loss of the batch. Other tensors are
 * disposed of.
 */
export type ForwardPass = (
  images: tf.Tensor,
  batch: Batch,
) => Promise<{ readonly outputs: tf.Tensor[]; readonly loss?: tf.Scalar }>

export interface EvaluateOptions {
  /** Default: the task that the model was composed for. A name, as in data sets, must be that task's. */
  readonly task?: Task | string
  readonly facts: AnyFacts
}

const OPTIONS: ValueRules<keyof EvaluateOptions> = { task: rules.either(taskRule, filledText), facts: factsRule }

/**
 * Measures a model on pictures in memory or from a source of batches.
 * @param options A data set has them: `evaluate(model, data.test, data)`.
 * @throws OptionError if neither the options nor the model name a task; DivergenceError if an output is not finite; any error of
 *   the source.
 */
export async function evaluate(
  model: LayersModel,
  images: ImageSet | BatchSource,
  options: EvaluateOptions,
): Promise<Evaluation> {
  checkArguments('evaluate()', { model: [model, layersModel], images: [images, imagesRule] })
  const { task, facts } = checkOptions('evaluate()', isDataset(options) ? partOf(options) : options, OPTIONS, ['facts'])
  return measure(model, new TestImages(testSource(images)), await taskContext(taskOf(model, task), facts))
}

const isDataset = (options: unknown): boolean =>
  typeof options === 'object' && options !== null && 'train' in options && 'test' in options

/** The task and facts of the options. A data set may be passed as the options. */
function partOf({ task, facts }: EvaluateOptions): EvaluateOptions {
  return { facts, ...(task !== undefined && { task }) }
}

export async function measure(
  model: LayersModel,
  test: TestImages,
  { runtime, facts }: TaskContext,
  forward?: ForwardPass,
): Promise<Evaluation> {
  const sums = runtime.measure(facts)
  let count = 0
  let lossSum = 0
  for await (const batch of test.epoch()) {
    const { outputs, loss = 0 } = await passForward(model, batch, test.source.shape, forward)
    lossSum += loss * batch.count
    for (const [index, output] of outputs.entries()) {
      sums.add(runtime.decode(output, facts, batch.placements[index]), batch.annotations[index])
    }
    count += batch.count
  }
  const measured = { values: sums.values(), count, tables: sums.tables?.() ?? [] }
  return forward ? { ...measured, loss: lossSum / count } : measured
}

/**
 * Runs a batch and returns the outputs of each picture.
 * @throws DivergenceError if an output is not finite: decoded, it would look like a proper prediction.
 */
export async function predict(model: LayersModel, batch: Batch, shape: readonly number[]): Promise<OutputValues[]> {
  return (await passForward(model, batch, shape)).outputs
}

async function passForward(
  model: LayersModel,
  batch: Batch,
  shape: readonly number[],
  forward: ForwardPass = async (images) => ({
    outputs: tf.tidy(() => [model.predict(images, { batchSize: batch.count })].flat()),
  }),
): Promise<{ outputs: OutputValues[]; loss?: number }> {
  const { images, count } = batch
  const given = tf.tensor(images, [count, ...shape])
  const { outputs, loss } = await forward(given, batch).finally(() => given.dispose())
  const [read, lossRead] = await Promise.all([Promise.all(outputs.map((tensor) => tensor.data())), loss?.data()])
  const shapes = outputs.map((tensor) => tensor.shape.slice(1))
  tf.dispose([outputs, loss])
  return { outputs: outputsOfPictures(model, batch, read, shapes), loss: lossRead?.[0] }
}

type Values = Float32Array | Int32Array | Uint8Array

/** @param read The values of all pictures, per output. */
function outputsOfPictures(
  model: LayersModel,
  batch: Batch,
  read: readonly Values[],
  shapes: readonly (readonly number[])[],
): OutputValues[] {
  const { count } = batch
  const names = outputNamesOf(model)
  for (const [output, data] of read.entries()) requireFinite(names[output], data, batch)
  return Array.from({ length: count }, (_, picture) =>
    Object.fromEntries(
      read.map((data, output) => {
        const length = data.length / count
        const own = data.subarray(picture * length, (picture + 1) * length)
        return [names[output], { shape: shapes[output], data: own }]
      }),
    ),
  )
}

function requireFinite(name: string, data: ArrayLike<number>, { count, index }: Batch): void {
  for (let place = 0; place < data.length; place++) {
    if (Number.isFinite(data[place])) continue
    throw new DivergenceError({
      what: `The output '${name}' of the model is not finite for picture ${Math.floor((place * count) / data.length)} of batch ${index}.`,
      expected: 'finite numbers',
      received: `${data[place]}`,
      fix: 'Lower the learning rate, clip gradients, or look for bad values in the data.',
    })
  }
}

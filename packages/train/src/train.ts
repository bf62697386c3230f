/** The training loop: one stage, one optimizer, latent weights clipped after every step. */
import { OptionError } from '@onebit/core'
import { type Batch, batches, type ImageSet } from '@onebit/data'
import { type QuantizedLayer, quantizedLayers } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { type EngineName, startEngine } from './engine.ts'
import { DivergenceError } from './errors.ts'
import type { EpochRecord, LossPoint, TrainEvent, TrainListener } from './events.ts'
import { FlipRatio } from './flip-ratio.ts'
import { progressBar } from './progress-bar.ts'
import { RunFolder } from './run-folder.ts'
import { type Schedule, scheduleFactor } from './schedule.ts'

export interface TrainingData {
  readonly name: string
  readonly classes: readonly string[]
  readonly train: ImageSet
  readonly test: ImageSet
}

export interface TrainOptions {
  data: TrainingData
  epochs: number
  /** @default 64 */
  batchSize?: number
  /** Base rate of Adam. @default 0.002 */
  learningRate?: number
  /** @default 'linear' */
  schedule?: Schedule
  /** Share of every target spread evenly over the classes, from 0 to 1. @default 0 */
  labelSmoothing?: number
  /** Fixes the order of the images. @default 0 */
  seed?: number
  /** @default 'auto' */
  engine?: EngineName
  /** Folder for the trained model, the log and the run's description. Made if it is missing. */
  out?: string
  /** Draws progress bars on standard error. @default true */
  progress?: boolean
  onEvent?: TrainListener
  /** Stops after the step under way; what is trained so far is kept and saved. */
  signal?: AbortSignal
  /** Written to the run folder beside the results: how the model was composed. */
  recipe?: unknown
}

export interface TrainResult {
  readonly engine: string
  readonly epochs: readonly EpochRecord[]
  /** At most a few hundred points of the loss curve. */
  readonly losses: readonly LossPoint[]
  readonly interrupted: boolean
  readonly seconds: number
}

/** The model up to the logits, if it ends in a softmax: cross-entropy on logits is exact where the softmax saturates. */
function logitsModel(model: tfl.LayersModel): { model: tfl.LayersModel; fromLogits: boolean } {
  const [output] = model.outputs
  const last = output.sourceLayer
  const isSoftmax =
    last.getClassName() === 'Softmax' ||
    (last.getClassName() === 'Activation' && (last.getConfig() as { activation: string }).activation === 'softmax')
  if (!isSoftmax) return { model, fromLogits: false }
  const logits = last.inboundNodes[output.nodeIndex].inputTensors[0]
  return { model: tfl.model({ inputs: model.inputs, outputs: logits }), fromLogits: true }
}

function imagesOf({ images, count }: Batch, set: ImageSet): tf.Tensor4D {
  return tf.tensor4d(images, [count, ...set.shape])
}

/** Share of images whose most probable class is their label. */
function accuracyOf(model: tfl.LayersModel, set: ImageSet, batchSize: number): number {
  let correct = 0
  for (const batch of batches(set, { batchSize, shuffle: false })) {
    correct += tf.tidy(() => {
      const scores = model.predict(imagesOf(batch, set), { batchSize }) as tf.Tensor
      return tf.sum(tf.equal(tf.argMax(scores, -1), tf.tensor1d(batch.labels, 'int32'))).dataSync()[0]
    })
  }
  return correct / set.count
}

const LOSS_POINTS = 300

class Trainer {
  readonly #model: tfl.LayersModel
  readonly #fromLogits: boolean
  readonly #layers: QuantizedLayer[]
  readonly #variables: tf.Variable[]
  readonly #optimizer: tf.Optimizer & { learningRate: number }
  readonly #classes: number

  constructor(model: tfl.LayersModel, optimizer: tf.Optimizer, classes: number) {
    const { model: logits, fromLogits } = logitsModel(model)
    this.#model = logits
    this.#fromLogits = fromLogits
    this.#layers = quantizedLayers(model)
    this.#variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
    this.#optimizer = optimizer as tf.Optimizer & { learningRate: number }
    this.#classes = classes
  }

  set progress(progress: number) {
    for (const layer of this.#layers) layer.progress = progress
  }

  /** One update; returns the batch's mean loss and how many of its images were labeled right. */
  step(batch: Batch, set: ImageSet, learningRate: number, labelSmoothing: number): { loss: number; correct: number } {
    this.#optimizer.learningRate = learningRate
    const [loss, correct] = tf.tidy((): [number, number] => {
      const labels = tf.tensor1d(batch.labels, 'int32')
      const targets = tf.oneHot(labels, this.#classes)
      let right: tf.Tensor | undefined
      const cost = this.#optimizer.minimize(
        () => {
          const outputs = this.#model.apply(imagesOf(batch, set), { training: true }) as tf.Tensor
          // Kept: `minimize` clears up after itself before the number is read.
          right = tf.keep(tf.sum(tf.equal(tf.argMax(outputs, -1), labels)))
          return this.#loss(targets, outputs, labelSmoothing)
        },
        true,
        this.#variables,
      )
      const values: [number, number] = [cost!.dataSync()[0], right!.dataSync()[0]]
      right!.dispose()
      return values
    })
    for (const layer of this.#layers) layer.clipLatentWeights()
    return { loss, correct }
  }

  #loss(targets: tf.Tensor, outputs: tf.Tensor, labelSmoothing: number): tf.Scalar {
    if (this.#fromLogits) return tf.losses.softmaxCrossEntropy(targets, outputs, undefined, labelSmoothing) as tf.Scalar
    const smoothed = tf.add(tf.mul(targets, 1 - labelSmoothing), labelSmoothing / this.#classes)
    const logarithms = tf.log(tf.clipByValue(outputs, 1e-7, 1))
    return tf.neg(tf.mean(tf.sum(tf.mul(smoothed, logarithms), -1))) as tf.Scalar
  }

  /** The first layer with a weight that is no number. */
  brokenLayer(): string | undefined {
    const broken = this.#variables.find((variable) => tf.tidy(() => tf.all(tf.isFinite(variable)).dataSync()[0] === 0))
    return broken?.name
  }

  dispose(): void {
    this.#optimizer.dispose()
  }
}

function checkOptions({ epochs, batchSize = 64, learningRate = 0.002 }: TrainOptions): void {
  if (!Number.isInteger(epochs) || epochs < 1)
    throw new OptionError({ what: 'Bad number of epochs.', expected: 'an integer of at least 1', received: `${epochs}` })
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new OptionError({ what: 'Bad batch size.', expected: 'an integer of at least 1', received: `${batchSize}` })
  if (!(learningRate > 0))
    throw new OptionError({ what: 'Bad learning rate.', expected: 'a number above 0', received: `${learningRate}` })
}

/**
 * Trains a model in place.
 * @throws EngineError if the engine does not start; OptionError on a bad option; DivergenceError naming the layer once the loss is no
 * number; FileError if the run folder cannot be written.
 */
export async function train(model: tfl.LayersModel, options: TrainOptions): Promise<TrainResult> {
  checkOptions(options)
  const {
    data,
    epochs,
    batchSize = 64,
    learningRate = 0.002,
    schedule = 'linear',
    labelSmoothing = 0,
    seed = 0,
    signal,
  } = options
  const folder = options.out === undefined ? undefined : await RunFolder.create(options.out)
  const listeners: TrainListener[] = [
    options.onEvent,
    folder?.listener,
    options.progress === false ? undefined : progressBar(),
  ].filter((listener) => listener !== undefined)
  const emit = (event: TrainEvent): void => {
    for (const listener of listeners) listener(event)
  }

  const engine = await startEngine(options.engine)
  const trainer = new Trainer(model, engine.adam(learningRate), data.classes.length)
  const source = batches(data.train, { batchSize, seed, dropLast: data.train.count >= batchSize })
  const flips = new FlipRatio(quantizedLayers(model))
  const records: EpochRecord[] = []
  const losses: LossPoint[] = []
  const stepsPerPoint = Math.ceil((epochs * source.count) / LOSS_POINTS)
  let lossSum = 0
  const began = performance.now()
  const totalSteps = epochs * source.count
  let done = 0
  emit({ type: 'start', engine: engine.description, epochs, stepsPerEpoch: source.count, batchSize })
  try {
    for (let epoch = 1; epoch <= epochs && !signal?.aborted; epoch++) {
      const epochBegan = performance.now()
      const sums = { loss: 0, correct: 0, seen: 0, steps: 0 }
      let rate = learningRate
      for (const batch of source) {
        rate = learningRate * scheduleFactor(schedule, done / totalSteps)
        trainer.progress = done / totalSteps
        const { loss, correct } = trainer.step(batch, data.train, rate, labelSmoothing)
        if (!Number.isFinite(loss)) throw diverged(epoch, sums.steps + 1, loss, trainer.brokenLayer())
        done++
        lossSum += loss
        if (done % stepsPerPoint === 0) {
          losses.push({ step: done, loss: lossSum / stepsPerPoint })
          lossSum = 0
        }
        sums.loss += loss
        sums.correct += correct
        sums.seen += batch.count
        sums.steps++
        const seconds = (performance.now() - epochBegan) / 1000
        emit({
          type: 'step',
          epoch,
          step: sums.steps,
          loss: sums.loss / sums.steps,
          accuracy: sums.correct / sums.seen,
          imagesPerSecond: sums.seen / seconds,
        })
        // Lets timers, signals and Ctrl-C in: a step itself never yields on the wasm engine.
        await new Promise((resolve) => setImmediate(resolve))
        if (signal?.aborted) break
      }
      const trainSeconds = (performance.now() - epochBegan) / 1000
      trainer.progress = 1
      const record: EpochRecord = {
        epoch,
        loss: sums.loss / sums.steps,
        accuracy: sums.correct / sums.seen,
        testAccuracy: accuracyOf(model, data.test, 100),
        learningRate: rate,
        seconds: (performance.now() - epochBegan) / 1000,
        imagesPerSecond: sums.seen / trainSeconds,
        flipRatio: flips.update(),
      }
      records.push(record)
      emit({ type: 'epoch', record })
    }
    const interrupted = signal?.aborted ?? false
    const result: TrainResult = {
      engine: engine.description,
      epochs: records,
      losses,
      interrupted,
      seconds: (performance.now() - began) / 1000,
    }
    await folder?.finish(model, options, result)
    return result
  } finally {
    trainer.progress = 1
    trainer.dispose()
    emit({ type: 'end', interrupted: signal?.aborted ?? false })
  }
}

function diverged(epoch: number, step: number, loss: number, layer: string | undefined): DivergenceError {
  return new DivergenceError({
    what: `Training diverged in epoch ${epoch}, step ${step}: the loss is ${loss}.`,
    received: layer ? `the first variable that is no longer finite is '${layer}'` : 'all weights are still finite',
    fix: 'Lower the learning rate, or look for bad values in the data.',
  })
}

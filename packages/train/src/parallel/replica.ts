/** One thread's copy of a network. It takes weights and a part of the batch from the exchange, and leaves gradients there. */
import type { TeacherTensors } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { DistillerVariables } from '../losses/distiller-variables.ts'
import { layersTapped } from '../losses/loss-terms.ts'
import { FusedBatchNorm } from '../model/fused-batch-norm.ts'
import { NoiseControl } from '../model/noise-control.ts'
import { QuantizerControl } from '../model/quantizer-control.ts'
import { type TrainedWeight, trainedWeights } from '../model/trained-weights.ts'
import { GradientPass, readNumbers } from '../step/gradient-pass.ts'
import { type InputOptions, type StepInputs, stepInputs } from '../step/step-inputs.ts'
import { TappedModel } from '../step/tapped-model.ts'
import type { EncodedBatch } from '../targets.ts'
import { RowLayout } from '../teacher/row-layout.ts'
import { Exchange, partOfBatch, type WeightPlace, weightPlaces } from './exchange.ts'
import { type ExchangedWeight, exchangedWeights } from './exchanged-weights.ts'
import type { StageMessage, StepMessage, StepReply } from './messages.ts'
import type { Rendezvous } from './rendezvous.ts'
import { receiveModel } from './sent-model.ts'
import type { ThreadPlugins } from './thread-plugins.ts'

export interface ReplicaOptions {
  readonly replica: number
  readonly replicas: number
  readonly plugins: ThreadPlugins
  /** The meeting point of replicas. */
  readonly rendezvous: Rendezvous
}

export class Replica {
  readonly #options: ReplicaOptions
  readonly #exchange: Exchange
  readonly #inputs: InputOptions
  readonly #control: QuantizerControl
  readonly #noise: NoiseControl
  readonly #norms: FusedBatchNorm
  readonly #distillerVariables: DistillerVariables
  readonly #weights: readonly ExchangedWeight[]
  readonly #places: readonly WeightPlace[]
  readonly #trained: ReadonlyMap<tf.Tensor, TrainedWeight>
  readonly #teacher?: TappedModel
  readonly #teacherRows?: RowLayout
  readonly #pass: GradientPass
  readonly #models: readonly LayersModel[]

  /** @throws PluginNotFoundError if the model, a loss or the task needs a plugin that no module brings. */
  static async create(message: StageMessage, options: ReplicaOptions): Promise<Replica> {
    await options.plugins.bring(message)
    const model = await receiveModel(message.model)
    const teacher = message.teacher && (await receiveModel(message.teacher))
    return new Replica(message, options, model, teacher)
  }

  private constructor(message: StageMessage, options: ReplicaOptions, model: LayersModel, teacher: LayersModel | undefined) {
    const { sizes, exchange, seed, facts, settings, mixUp, shape } = message
    const task = options.plugins.task(message.task)
    const losses = options.plugins.terms(message.losses, task)
    const student = new TappedModel(model, layersTapped(losses, 'student'))
    const tappedTeacher = teacher && new TappedModel(teacher, layersTapped(losses, 'teacher'))
    const rows = message.teacherRows && new RowLayout(message.teacherRows)
    // The exchange carries their values, together with the weights.
    const distillerVariables = DistillerVariables.draw(losses, student, tappedTeacher ?? rows, seed, message.stage)
    const trained = trainedWeights(model, distillerVariables.all, message.trained)
    this.#options = options
    this.#exchange = new Exchange(sizes, exchange)
    this.#inputs = { task, facts, settings, mixUp, seed, shape, targetShapes: sizes.targets }
    this.#control = QuantizerControl.take(model, seed, options.replica)
    this.#noise = new NoiseControl(model, seed, options.replica)
    this.#norms = FusedBatchNorm.take(model, message.synchronizeBatchNorm ? options.rendezvous : undefined)
    this.#distillerVariables = distillerVariables
    this.#weights = exchangedWeights(model, distillerVariables)
    this.#places = weightPlaces(this.#weights)
    this.#trained = new Map(trained.map((weight) => [weight.variable as tf.Tensor, weight]))
    const variables = trained.map(({ variable }) => variable)
    this.#teacher = tappedTeacher
    this.#teacherRows = rows
    this.#pass = new GradientPass({ student, losses, distillerVariables, variables, task, facts })
    this.#models = teacher ? [model, teacher] : [model]
  }

  step({ count, step, progress }: StepMessage): StepReply {
    const { replica, replicas } = this.#options
    const [begin, end] = partOfBatch(count, replica, replicas)
    this.#control.step = step
    this.#control.progress = progress
    this.#noise.step = step
    const reply = tf.tidy(() => {
      this.#readWeights()
      const inputs = stepInputs(this.#batch(count), this.#inputs, step, begin, end)
      const teacher = this.#teacherTensors(inputs, begin, end)
      const { numbers, gradients } = this.#pass.tensors(inputs, teacher, (end - begin) / count)
      const read = readNumbers(this.#inputs.task, numbers.dataSync() as Float32Array)
      return { ...read, reached: this.#writeResults(gradients) }
    })
    return { type: 'step', ...reply, tensors: tf.memory().numTensors }
  }

  #teacherTensors({ images }: StepInputs, begin: number, end: number): TeacherTensors | undefined {
    if (this.#teacher) return this.#teacher.tensors(images, false)
    const { teacher } = this.#exchange
    const length = this.#teacherRows?.length ?? 0
    return this.#teacherRows?.tensors(teacher.subarray(begin * length, end * length))
  }

  /** The whole batch, in shared memory. */
  #batch(count: number): EncodedBatch {
    const { images, targets } = this.#exchange
    return { images, targets, count }
  }

  #readWeights(): void {
    for (const [index, weight] of this.#weights.entries()) {
      const { begin, end, shape } = this.#places[index]
      weight.write(tf.tensor(this.#exchange.weights.slice(begin, end), shape, 'float32'))
    }
  }

  /** @returns the names of trained weights that have a gradient. */
  #writeResults(gradients: tf.NamedTensorMap): string[] {
    const results = this.#exchange.results[this.#options.replica]
    const reached: string[] = []
    for (const [index, weight] of this.#weights.entries()) {
      const trained = this.#trained.get(weight.read())
      const values = trained ? gradients[trained.variable.name] : weight.read()
      if (!values) continue
      results.set(values.dataSync(), this.#places[index].begin)
      if (trained) reached.push(trained.name)
    }
    return reached
  }

  dispose(): void {
    this.#control.release()
    this.#noise.release()
    this.#norms.release()
    this.#distillerVariables.dispose()
    for (const model of this.#models) model.dispose()
  }
}

/** One thread's copy of a network: takes weights and a part of a batch from the exchange, and leaves gradients there. */
import type { Registry } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers'
import { FusedBatchNorm } from '../model/fused-batch-norm.ts'
import { namedWeights } from '../model/named-weights.ts'
import { NoiseControl } from '../model/noise-control.ts'
import { QuantizerControl } from '../model/quantizer-control.ts'
import { GradientPass } from '../step/gradient-pass.ts'
import { type TrainedWeight, trainedWeights } from '../step/weight-update.ts'
import { Exchange, partOfBatch, type WeightPlace, weightPlaces } from './exchange.ts'
import type { StageMessage, StepMessage, StepReply } from './messages.ts'
import type { Rendezvous } from './rendezvous.ts'
import { receiveLosses, receiveModel } from './sent-model.ts'

export interface ReplicaOptions {
  readonly replica: number
  readonly replicas: number
  readonly registry: Registry
  /** Where replicas meet. */
  readonly rendezvous: Rendezvous
}

export class Replica {
  readonly #message: StageMessage
  readonly #options: ReplicaOptions
  readonly #exchange: Exchange
  readonly #control: QuantizerControl
  readonly #noise: NoiseControl
  readonly #norms: FusedBatchNorm
  readonly #weights: readonly LayerVariable[]
  readonly #places: readonly WeightPlace[]
  readonly #trained: ReadonlyMap<tf.Tensor, TrainedWeight>
  readonly #pass: GradientPass
  readonly #models: readonly LayersModel[]

  /** @throws PluginNotFoundError if the model or a loss needs a plugin that the registry does not have. */
  static async create(message: StageMessage, options: ReplicaOptions): Promise<Replica> {
    const model = await receiveModel(message.model)
    const teacher = message.teacher && (await receiveModel(message.teacher))
    return new Replica(message, options, model, teacher)
  }

  private constructor(message: StageMessage, options: ReplicaOptions, model: LayersModel, teacher: LayersModel | undefined) {
    const { sizes, exchange, seed } = message
    this.#message = message
    this.#options = options
    this.#exchange = new Exchange(sizes, exchange)
    this.#control = new QuantizerControl(model, seed, options.replica)
    this.#noise = new NoiseControl(model, seed, options.replica)
    this.#norms = new FusedBatchNorm(model, message.synchronizeBatchNorm ? options.rendezvous : undefined)
    this.#weights = [...namedWeights(model).values()]
    this.#places = weightPlaces(this.#weights)
    const trained = trainedWeights(model)
    this.#trained = new Map(trained.map((weight) => [weight.variable as tf.Tensor, weight]))
    const losses = receiveLosses(message.losses, options.registry)
    this.#pass = new GradientPass(model, { losses, variables: trained.map(({ variable }) => variable), teacher })
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
      const { loss, correct, gradients } = this.#pass.run(this.#inputs(begin, end), (end - begin) / count)
      return { loss, correct, reached: this.#writeResults(gradients) }
    })
    return { type: 'step', ...reply, tensors: tf.memory().numTensors }
  }

  #inputs(begin: number, end: number): Parameters<GradientPass['run']>[0] {
    const { images, targets, labels } = this.#exchange
    const { sizes, shape } = this.#message
    const { image, classes } = sizes
    return {
      images: tf.tensor(images.slice(begin * image, end * image), [end - begin, ...shape]),
      targets: tf.tensor2d(targets.slice(begin * classes, end * classes), [end - begin, classes]),
      labels: tf.tensor1d(labels.slice(begin, end), 'int32'),
    }
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
    for (const model of this.#models) model.dispose()
  }
}

/**
 * Data-parallel training. Every thread computes the gradients of its part of the batch. This thread adds them up in the threads'
 * order, updates the weights, and hands them out again. Replicas keep no state between steps, so a checkpoint of this thread's
 * model and optimizer is a checkpoint of the run. Each part is weighted by its number of images, so that the sum is the gradient
 * of the mean loss over the batch.
 *
 * Dean et al.: Large scale distributed deep networks (NeurIPS 2012). The steps are synchronous, as in Chen et al., arXiv
 * 1604.00981.
 */
import { OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { GroupedOptimizer } from '../optimizers/grouped-optimizer.ts'
import type { PassNumbers } from '../step/gradient-pass.ts'
import { disposeInputs, keptInputs, type StepInputs } from '../step/step-inputs.ts'
import type { StepContext, Stepper, StepperOptions } from '../step/training-step.ts'
import { WeightUpdate } from '../step/weight-update.ts'
import type { EncodedBatch } from '../targets.ts'
import { Exchange, partOfBatch, type WeightPlace, weightPlaces } from './exchange.ts'
import { type ExchangedWeight, exchangedWeights } from './exchanged-weights.ts'
import { sendModel, sendTrainedModel } from './sent-model.ts'
import { sendPlugin, sendQuantizers, sendTerms } from './sent-plugins.ts'
import type { ThreadTeam } from './thread-team.ts'
import type { ResolvedWorkers } from './worker-options.ts'

export interface ParallelStepOptions extends StepperOptions {
  readonly team: ThreadTeam
  readonly workers: ResolvedWorkers
}

export class ParallelStep implements Stepper {
  readonly #options: ParallelStepOptions
  readonly #update: WeightUpdate
  readonly #weights: readonly ExchangedWeight[]
  readonly #places: readonly WeightPlace[]
  /** Allocated for the first batch, and again for a larger one. */
  #exchange?: Exchange

  constructor(options: ParallelStepOptions) {
    const { model, stage, distillerVariables } = options
    this.#options = options
    this.#update = new WeightUpdate(model, stage, distillerVariables)
    this.#weights = exchangedWeights(model, distillerVariables)
    this.#places = weightPlaces(this.#weights)
  }

  get optimizer(): GroupedOptimizer {
    return this.#update.optimizer
  }

  /**
   * @throws WorkerError if a thread fails or ends, OptionError if a batch has fewer pictures than there are threads. In both
   *   cases nothing is updated.
   */
  async run(batch: EncodedBatch, { step, rates, progress }: StepContext): Promise<PassNumbers> {
    const { control, team } = this.#options
    control.step = step
    control.progress = progress
    const exchange = await this.#exchangeFor(batch)
    this.#handOut(exchange, batch)
    await this.#askTeacher(exchange, batch, step)
    const replies = await team.step(batch.count, step, progress)
    const loss = replies.reduce((sum, reply) => sum + reply.loss, 0)
    if (Number.isFinite(loss)) {
      const shares = replies.map((_, replica) => {
        const [begin, end] = partOfBatch(batch.count, replica, team.size)
        return (end - begin) / batch.count
      })
      tf.tidy(() => {
        this.#mergeStatistics(exchange, shares)
        this.#update.apply(this.#gradients(exchange, replies[0].reached), rates)
      })
    }
    const names = Object.keys(replies[0].monitors)
    const sum = (name: string): number => replies.reduce((total, { monitors }) => total + monitors[name], 0)
    return { loss, monitors: Object.fromEntries(names.map((name) => [name, sum(name)])) }
  }

  async #exchangeFor({ count }: EncodedBatch): Promise<Exchange> {
    const { model, stage, stageIndex, teacher, seed, shape, targetShapes, team, workers } = this.#options
    if (count < team.size) {
      throw new OptionError({
        what: 'A batch cannot be split between the workers.',
        expected: `at least ${team.size} images`,
        received: `${count}`,
        fix: 'Leave out a last batch that is not full with `dropLast`, or train with fewer workers.',
      })
    }
    if (this.#exchange && count <= this.#exchange.sizes.batchSize) return this.#exchange
    const image = shape.reduce((product, size) => product * size, 1)
    const weights = this.#places.at(-1)?.end ?? 0
    // The threads run a model themselves. For any other teacher, and for stored outputs, they receive the values.
    const own = teacher?.model
    const asked = own ? undefined : teacher?.layout
    const sizes = { replicas: team.size, weights, batchSize: count, image, targets: targetShapes, teacher: asked?.length ?? 0 }
    const exchange = new Exchange(sizes)
    const { task, facts, settings, mixUp } = this.#options
    await team.begin({
      model: sendModel(model),
      teacher: own && (await sendTrainedModel(own)),
      teacherRows: asked?.parts,
      task: sendPlugin(task),
      facts,
      settings,
      mixUp,
      losses: sendTerms(stage.losses),
      trained: { trainable: stage.trainable, fixed: stage.fixed },
      quantizers: sendQuantizers([model, own]),
      seed,
      stage: stageIndex,
      synchronizeBatchNorm: workers.synchronizeBatchNorm,
      sizes: exchange.sizes,
      exchange: exchange.buffer,
      shape,
    })
    this.#exchange = exchange
    return exchange
  }

  async #askTeacher({ sizes, teacher: into }: Exchange, batch: EncodedBatch, step: number): Promise<void> {
    if (sizes.teacher === 0) return
    const made: StepInputs[] = []
    const images = (): tf.Tensor => {
      made.push(keptInputs(batch, this.#options, step))
      return made[0].images
    }
    try {
      into.set(await this.#options.teacher!.rows(images, batch.pictures))
    } finally {
      for (const inputs of made) disposeInputs(inputs)
    }
  }

  #handOut({ weights, images, targets }: Exchange, batch: EncodedBatch): void {
    for (const [index, weight] of this.#weights.entries()) {
      weights.set(weight.read().dataSync(), this.#places[index].begin)
    }
    images.set(batch.images)
    for (const [name, values] of Object.entries(batch.targets)) targets[name].set(values)
  }

  /** Sums over the replicas, by variable name. */
  #gradients({ results }: Exchange, reached: readonly string[]): tf.NamedTensorMap {
    const gradients: tf.NamedTensorMap = {}
    for (const { name, variable } of this.#update.trained) {
      if (!reached.includes(name)) continue
      const { begin, end, shape } = this.#placeOf(variable)
      const sum = results[0].slice(begin, end)
      for (const result of results.slice(1)) for (let i = 0; i < sum.length; i++) sum[i] += result[begin + i]
      gradients[variable.name] = tf.tensor(sum, shape, 'float32')
    }
    return gradients
  }

  /** Averages over the replicas the values that layers change by themselves, such as the moving statistics of BatchNorm. */
  #mergeStatistics({ results }: Exchange, shares: readonly number[]): void {
    const trained = new Set<unknown>(this.#update.trained.map(({ variable }) => variable))
    for (const [index, weight] of this.#weights.entries()) {
      if (trained.has(weight.read())) continue
      const { begin, end, shape } = this.#places[index]
      const merged = results[0].slice(begin, end)
      for (let i = 0; i < merged.length; i++) {
        // A value on which all replicas agree stays as it is, bit for bit.
        if (results.every((result) => result[begin + i] === merged[i])) continue
        merged[i] = results.reduce((sum, result, replica) => sum + shares[replica] * result[begin + i], 0)
      }
      weight.write(tf.tensor(merged, shape, 'float32'))
    }
  }

  #placeOf(variable: tf.Variable): WeightPlace {
    return this.#places[this.#weights.findIndex((weight) => weight.read() === variable)]
  }

  dispose(): void {
    this.#update.dispose()
  }
}

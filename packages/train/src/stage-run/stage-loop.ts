/** The loop of one stage over epochs and batches. It ends at the last epoch, by early stopping, or by a signal. */
import type { Batch } from '@onebit/data'
import { DataError } from '@onebit/data'
import { type DivergenceError, WorkerError } from '../errors.ts'
import type { Evaluation } from '../evaluate.ts'
import type { PartialEpoch } from '../events.ts'
import { readWeights, writeWeights } from '../model/weight-values.ts'
import { ratesAt } from '../optimizers/parameter-groups.ts'
import type { RunContext } from '../run/run-context.ts'
import { noSums } from '../run-state.ts'
import { seedFor } from '../seeds.ts'
import { diverged, requireFiniteWeights } from '../step/diverged.ts'
import type { PassNumbers } from '../step/gradient-pass.ts'
import { reestimateBatchNorm } from '../step/reestimate-batch-norm.ts'
import { measuredEpoch, trainingMeans } from './measured-epoch.ts'
import type { PreparedStage } from './prepared-stage.ts'
import { type StagePosition, stageContent } from './stage-position.ts'

/** One turn of the event loop. Browsers have no `setImmediate`. */
const breath = (): Promise<void> => new Promise((resolve) => (globalThis.setImmediate ?? setTimeout)(() => resolve()))

export class StageLoop {
  readonly #context: RunContext
  readonly #prepared: PreparedStage
  readonly #position: StagePosition
  /** The learning rate at the last step. */
  #rate = 0
  /** Evaluations of the last complete epoch and of the best one, if this process made them. */
  readonly #evaluations: { last?: Evaluation; best?: Evaluation } = {}

  constructor(context: RunContext, prepared: PreparedStage, position: StagePosition) {
    this.#context = context
    this.#prepared = prepared
    this.#position = position
  }

  get complete(): boolean {
    return this.#position.epochs === this.#prepared.stage.epochs || this.#stopsEarly
  }

  get #stopsEarly(): boolean {
    const { epochs, best } = this.#position
    const { patience } = this.#prepared.stage
    return patience > 0 && best !== undefined && epochs - best.epoch >= patience
  }

  /**
   * Trains until the stage is complete or the signal aborts.
   * @returns the interrupted epoch, if there is one.
   */
  async run(): Promise<PartialEpoch | undefined> {
    const { signal, progress } = this.#context.parts
    const { flips, source } = this.#prepared
    const position = this.#position
    // A resumed stage knows its signs from the checkpoint.
    if (flips.signs.size === 0) await flips.update()
    if (progress.step === 0) await this.#save()
    while (!this.complete && !signal?.aborted) {
      position.random = source.random.state
      if (!(await this.#trainEpoch())) return this.#cutShort()
      await this.#endEpoch()
    }
    // A signal between two epochs: evaluate the weights that will be saved.
    if (!this.complete) {
      this.#prepared.average?.swap()
      this.#takeBest()
    }
    return undefined
  }

  /** @returns true if the epoch is complete. */
  async #trainEpoch(): Promise<boolean> {
    const { signal, progress, checkpoints } = this.#context.parts
    const { source, average } = this.#prepared
    const position = this.#position
    let began = performance.now()
    for await (const batch of source.epoch(position.batches)) {
      const done = position.epochs * source.count + batch.index
      const numbers = await this.#step(batch, done)
      if (!Number.isFinite(numbers.loss)) throw await this.#diverged(batch, numbers.loss)
      average?.update(done)
      position.batches = batch.index + 1
      this.#count(numbers, batch.count, (performance.now() - began) / 1000)
      // Let timers, signals and Ctrl-C in. On the wasm engine a step never yields by itself.
      await breath()
      const isLast = position.batches === source.count
      if (signal?.aborted) return isLast
      if (!isLast && checkpoints?.due(progress.step)) await this.#save()
      began = performance.now()
    }
    if (position.sums.steps === 0) throw this.#empty()
    return true
  }

  /** @param done Number of steps done in the stage. */
  async #step(batch: Batch, done: number): Promise<PassNumbers> {
    const { progress } = this.#context.parts
    const { stage, source, encoder, noise, stepper } = this.#prepared
    const encoded = encoder.encode(batch)
    const rates = ratesAt(stage, done, source.count)
    this.#rate = rates.at(-1)!.learningRate
    noise.step = progress.step
    const share = done / (stage.epochs * source.count)
    const context = { step: progress.step, rates, progress: share }
    return stepper.run(encoded, context).catch(async (error: unknown) => {
      // A thread is lost, but the steps before it are not.
      if (WorkerError.isInstance(error)) await this.#save()
      throw error
    })
  }

  #count({ loss, monitors }: PassNumbers, pictures: number, seconds: number): void {
    const { sums, epochs, batches } = this.#position
    this.#context.countStep(loss)
    sums.loss += loss
    for (const [name, sum] of Object.entries(monitors)) sums.monitors[name] = (sums.monitors[name] ?? 0) + sum
    sums.seen += pictures
    sums.steps++
    sums.seconds += seconds
    this.#context.parts.emit({
      type: 'step',
      stage: this.#prepared.index + 1,
      stageEpoch: epochs + 1,
      epoch: this.#context.parts.progress.records.length + 1,
      step: batches,
      loss: sums.loss / sums.steps,
      training: trainingMeans(sums),
      imagesPerSecond: sums.seen / sums.seconds,
      secondsLeft: this.#context.secondsLeft(),
    })
  }

  async #endEpoch(): Promise<void> {
    const { progress, emit } = this.#context.parts
    const { average, stage, source } = this.#prepared
    const position = this.#position
    average?.swap()
    const { record, evaluation } = await this.#measured()
    position.epochs++
    this.#evaluations.last = evaluation
    if (this.#isBetter(record.evaluation)) {
      position.best = { epoch: position.epochs, value: record.evaluation[this.#headline.name] }
      if (stage.keep === 'best') position.bestWeights = await readWeights(this.#prepared.model)
      this.#evaluations.best = evaluation
    }
    average?.swap()
    this.#context.reportSkipped(this.#prepared.index)
    progress.records.push(record)
    emit({ type: 'epoch', record, stageEpoch: position.epochs })
    if (this.#stopsEarly && position.epochs < stage.epochs) {
      this.#context.countStopped((stage.epochs - position.epochs) * source.count)
      emit({ type: 'stopped', stage: stage.name, epoch: position.epochs, best: position.best!.epoch })
    }
    position.batches = 0
    position.sums = noSums()
    position.random = source.random.state
    await this.#save()
  }

  get #headline() {
    return this.#context.parts.task.metrics[0]
  }

  #isBetter(evaluation: Readonly<Record<string, number>>): boolean {
    const { name, better } = this.#headline
    const { best } = this.#position
    const value = evaluation[name]
    if (!best) return !Number.isNaN(value)
    return better === 'higher' ? value > best.value : value < best.value
  }

  /** Evaluates the current model, with averaged weights in place of its own. */
  async #measured() {
    const { model, stage } = this.#prepared
    const { plan } = this.#context.parts
    const where = { stage: plan.stages.length > 1 ? stage.name : undefined, epoch: this.#position.epochs + 1 }
    await requireFiniteWeights(model, where)
    return measuredEpoch(this.#context, this.#prepared, this.#position.sums, this.#rate)
  }

  /** The record of an interrupted epoch. The model then holds the weights that will be saved. */
  async #cutShort(): Promise<PartialEpoch | undefined> {
    const { sums } = this.#position
    await this.#save()
    this.#prepared.average?.swap()
    if (sums.steps === 0) {
      this.#takeBest()
      return undefined
    }
    const { record } = await this.#measured()
    this.#takeBest()
    const partial = { ...record, steps: sums.steps, stepsPerEpoch: this.#prepared.source.count }
    this.#context.parts.emit({ type: 'partial', record: partial })
    return partial
  }

  #takeBest(): void {
    const { bestWeights } = this.#position
    if (bestWeights) writeWeights(this.#prepared.model, bestWeights)
  }

  /**
   * Finishes the stage after its last epoch: averaged or best weights take over, and BatchNorm estimates its statistics again.
   * @returns the evaluation of the model with these weights, if there is one.
   */
  async finish(): Promise<Evaluation | undefined> {
    const { model, stage, average, control, noise, source, index } = this.#prepared
    const { plan, progress } = this.#context.parts
    const { bestWeights } = this.#position
    // The weights of the best epoch already include its averages.
    if (bestWeights) writeWeights(model, bestWeights)
    else average?.swap()
    control.progress = 1
    const { reestimateBatchNorm: count } = stage
    if (count === 0) return bestWeights ? this.#evaluations.best : this.#evaluations.last
    noise.step = progress.step
    await reestimateBatchNorm(model, control, { source, count, seed: seedFor(plan.seed, 'batch-norm', index) })
    await requireFiniteWeights(model, { stage: plan.stages.length > 1 ? stage.name : undefined, epoch: this.#position.epochs })
    return undefined
  }

  async #save(): Promise<void> {
    const { checkpoints } = this.#context.parts
    if (!checkpoints) return
    this.#context.countSeconds()
    await checkpoints.save(await stageContent(this.#context, this.#prepared, this.#position))
  }

  /** The error of an epoch without pictures: a stream may leave out damaged files, and here it left out all. */
  #empty(): DataError {
    const { source } = this.#prepared
    const [first] = source.skipped ?? []
    return new DataError({
      reason: 'empty',
      file: first?.file,
      what: `An epoch of '${this.#context.parts.data.name}' gave no image.`,
      received: first ? `${source.skipped!.length} files that were left out; the first: ${first.message}` : undefined,
      fix: 'Look at the files, or give others.',
    })
  }

  #diverged(batch: Batch, loss: number): Promise<DivergenceError> {
    const { plan } = this.#context.parts
    const { model, source, stage } = this.#prepared
    return diverged(model, batch, source.shape, {
      stage: plan.stages.length > 1 ? stage.name : undefined,
      epoch: this.#position.epochs + 1,
      step: batch.index + 1,
      loss,
    })
  }
}

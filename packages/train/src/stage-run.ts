/** One stage of a run: its loop over epochs and batches, and its state as a checkpoint holds it. */
import { type Batch, type BatchSource, DataError, Random } from '@onebit/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { checkLabels } from './check-data.ts'
import type { CheckpointContent } from './checkpoint/checkpoint-file.ts'
import { modelDigest } from './checkpoint/fingerprint.ts'
import { WorkerError } from './errors.ts'
import { accuracyOf } from './evaluate.ts'
import type { EpochRecord } from './events.ts'
import { FlipRatio } from './metrics/flip-ratio.ts'
import { layerMetrics, PROBE_IMAGES } from './metrics/layer-metrics.ts'
import { FusedBatchNorm } from './model/fused-batch-norm.ts'
import { NoiseControl } from './model/noise-control.ts'
import { QuantizerControl } from './model/quantizer-control.ts'
import { readWeights, type Values, writeWeights } from './model/weight-values.ts'
import { ParallelStep } from './parallel/parallel-step.ts'
import type { ResolvedStage } from './plan.ts'
import type { RunContext } from './run-context.ts'
import { noSums, PARTS, partOf, prefixed, type RunState } from './run-state.ts'
import { rateFactor } from './schedule.ts'
import { seedFor } from './seeds.ts'
import { diverged } from './step/diverged.ts'
import { MovingAverage } from './step/moving-average.ts'
import { reestimateBatchNorm } from './step/reestimate-batch-norm.ts'
import { type Stepper, TrainingStep } from './step/training-step.ts'

/** One turn of the event loop. Browsers have no `setImmediate`. */
const breath = (): Promise<void> => new Promise((resolve) => (globalThis.setImmediate ?? setTimeout)(() => resolve()))

export class StageRun {
  readonly model: LayersModel
  readonly #context: RunContext
  readonly #index: number
  readonly #stage: ResolvedStage
  readonly #source: BatchSource
  readonly #control: QuantizerControl
  readonly #noise: NoiseControl
  readonly #norms: FusedBatchNorm
  readonly #step: Stepper
  readonly #flips: FlipRatio
  readonly #average?: MovingAverage
  #epochs = 0
  #batches = 0
  #random: RunState['random']
  #sums = noSums()
  #rate = 0

  /** The model already holds the weights that the stage begins with. */
  constructor(context: RunContext, index: number, model: LayersModel, teacher: LayersModel | undefined) {
    const { plan, data, source, threads } = context
    this.model = model
    this.#context = context
    this.#index = index
    this.#stage = plan.stages[index]
    const seed = index === 0 ? plan.seed : seedFor(plan.seed, 'order', index)
    this.#source = source
    this.#random = new Random(seed).state
    source.random.state = this.#random
    this.#control = new QuantizerControl(model, plan.seed)
    this.#noise = new NoiseControl(model, plan.seed)
    this.#norms = new FusedBatchNorm(model)
    const stepOptions = {
      stage: this.#stage,
      classes: data.classes.length,
      shape: source.shape,
      seed: plan.seed,
      control: this.#control,
      teacher,
    }
    this.#step = threads ? new ParallelStep(model, { ...stepOptions, ...threads }) : new TrainingStep(model, stepOptions)
    this.#flips = new FlipRatio(new Map(this.#control.layers.map(({ path, layer }) => [path, layer])))
    if (this.#stage.average > 0) this.#average = new MovingAverage(model, this.#stage.average)
  }

  /** Continues where a checkpoint of this stage stood. */
  restore({ state, tensors }: CheckpointContent<RunState>): void {
    writeWeights(this.model, partOf(tensors, PARTS.weights))
    this.#step.optimizer.restore({ steps: state.optimizerSteps, slots: partOf(tensors, PARTS.optimizer) })
    this.#average?.restore(partOf(tensors, PARTS.average))
    this.#flips.signs = partOf(tensors, PARTS.signs)
    this.#source.random.state = state.random
    this.#epochs = state.epochs
    this.#batches = state.batches
    this.#sums = { ...state.sums }
  }

  /** A copy of everything that the rest of the run depends on. */
  async content(): Promise<CheckpointContent<RunState>> {
    const { fingerprint, engine, progress, ends } = this.#context
    const { steps, slots } = await this.#step.optimizer.state()
    const kept = Array.from(ends).flatMap(([stage, values]) => prefixed(`${PARTS.stage}${stage}/`, values))
    const tensors = new Map<string, Values>([
      ...prefixed(PARTS.weights, await readWeights(this.model)),
      ...prefixed(PARTS.optimizer, slots),
      ...prefixed(PARTS.average, (await this.#average?.values()) ?? new Map()),
      ...prefixed(PARTS.signs, this.#flips.signs),
      ...kept,
    ])
    const state: RunState = {
      fingerprint,
      model: modelDigest(this.model),
      engine: engine.name,
      stage: this.#index,
      epochs: this.#epochs,
      batches: this.#batches,
      random: this.#random,
      optimizerSteps: steps,
      sums: this.#sums,
      progress,
    }
    return { state, tensors }
  }

  get complete(): boolean {
    return this.#epochs === this.#stage.epochs
  }

  /**
   * Trains until the stage is complete or the signal aborts.
   * @returns the record of an epoch that was cut short.
   */
  async run(): Promise<EpochRecord | undefined> {
    const { signal, progress, emit, checkpoints } = this.#context
    // A resumed stage knows its signs from the checkpoint.
    if (this.#flips.signs.size === 0) await this.#flips.update()
    if (progress.step === 0) await checkpoints?.save(this)
    while (!this.complete && !signal?.aborted) {
      this.#random = this.#source.random.state
      if (!(await this.#epoch())) {
        await checkpoints?.save(this)
        this.#average?.swap()
        if (this.#sums.steps === 0) return undefined
        const partial = await this.#record()
        emit({ type: 'epoch', record: partial })
        return partial
      }
      this.#average?.swap()
      const record = await this.#record()
      this.#average?.swap()
      this.#context.reportSkipped()
      progress.records.push(record)
      emit({ type: 'epoch', record })
      this.#epochs++
      this.#batches = 0
      this.#sums = noSums()
      this.#random = this.#source.random.state
      await checkpoints?.save(this)
    }
    return undefined
  }

  /** @returns whether the epoch is complete. */
  async #epoch(): Promise<boolean> {
    const { signal, data, progress, checkpoints } = this.#context
    let began = performance.now()
    for await (const batch of this.#source.epoch(this.#batches)) {
      checkLabels(batch, data)
      const done = this.#epochs * this.#source.count + batch.index
      const factor = rateFactor(this.#stage, done, this.#source.count)
      this.#rate = this.#stage.learningRate * factor
      this.#noise.step = progress.step
      const context = {
        step: progress.step,
        learningRate: this.#rate,
        factor,
        progress: done / (this.#stage.epochs * this.#source.count),
      }
      const { loss, correct } = await this.#step.run(batch, context).catch(async (error: unknown) => {
        // A thread is lost, but no step that was taken before.
        if (WorkerError.isInstance(error)) await checkpoints?.save(this)
        throw error
      })
      if (!Number.isFinite(loss)) throw await this.#diverged(batch, loss)
      this.#average?.update(done)
      this.#batches = batch.index + 1
      this.#context.countStep(loss)
      const sums = this.#sums
      sums.loss += loss
      sums.correct += correct
      sums.seen += batch.count
      sums.steps++
      sums.seconds += (performance.now() - began) / 1000
      this.#emitStep()
      // Lets timers, signals and Ctrl-C in: a step itself never yields on the wasm engine.
      await breath()
      const isLast = this.#batches === this.#source.count
      if (signal?.aborted) return isLast
      if (!isLast && checkpoints?.due(progress.step)) await checkpoints.save(this)
      began = performance.now()
    }
    if (this.#sums.steps === 0) throw this.#empty()
    return true
  }

  /** A stream may leave out bad files, and these were all. */
  #empty(): DataError {
    const [first] = this.#source.skipped ?? []
    return new DataError({
      reason: 'empty',
      file: first?.file,
      what: `An epoch of '${this.#context.data.name}' gave no image.`,
      received: first ? `${this.#source.skipped!.length} files that were left out; the first: ${first.message}` : undefined,
      fix: 'Look at the files, or give others.',
    })
  }

  #emitStep(): void {
    const { loss, correct, seen, steps, seconds } = this.#sums
    this.#context.emit({
      type: 'step',
      stage: this.#index + 1,
      stageEpoch: this.#epochs + 1,
      epoch: this.#context.progress.records.length + 1,
      step: this.#batches,
      loss: loss / steps,
      accuracy: correct / seen,
      imagesPerSecond: seen / seconds,
      secondsLeft: this.#context.secondsLeft(),
    })
  }

  #diverged(batch: Batch, loss: number): Promise<Error> {
    const { plan } = this.#context
    return diverged(this.model, batch, this.#source.shape, {
      stage: plan.stages.length > 1 ? this.#stage.name : undefined,
      epoch: this.#epochs + 1,
      step: batch.index + 1,
      loss,
    })
  }

  async #record(): Promise<EpochRecord> {
    const { data, test, progress } = this.#context
    const { loss, correct, seen, steps, seconds } = this.#sums
    const layers = await layerMetrics(this.model, this.#control, await test.first(PROBE_IMAGES), test.source.shape)
    this.#control.progress = 1
    const began = performance.now()
    const { accuracy: testAccuracy } = await accuracyOf(this.model, test, data)
    return {
      epoch: progress.records.length + 1,
      stage: this.#stage.name,
      loss: loss / steps,
      accuracy: correct / seen,
      testAccuracy,
      learningRate: this.#rate,
      seconds: seconds + (performance.now() - began) / 1000,
      imagesPerSecond: seen / seconds,
      flipRatio: await this.#flips.update(),
      layers,
    }
  }

  /** What follows the last step: averaged weights take over, statistics of BatchNorm are estimated anew. */
  async finish(): Promise<void> {
    this.#average?.swap()
    this.#control.progress = 1
    const { reestimateBatchNorm: count } = this.#stage
    if (count === 0) return
    this.#noise.step = this.#context.progress.step
    const seed = seedFor(this.#context.plan.seed, 'batch-norm', this.#index)
    await reestimateBatchNorm(this.model, this.#control, { source: this.#source, count, seed })
  }

  dispose(): void {
    this.#control.release()
    this.#noise.release()
    this.#norms.release()
    this.#step.dispose()
    this.#average?.dispose()
  }
}

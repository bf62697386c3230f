/** What the stages of one run share. */
import type { BatchSource } from '@onebit/data'
import type { CheckpointContent } from './checkpoint/checkpoint-file.ts'
import type { CheckpointFolder } from './checkpoint/checkpoint-folder.ts'
import type { Fingerprint } from './checkpoint/fingerprint.ts'
import type { Engine } from './engine.ts'
import type { TrainListener } from './events.ts'
import type { WeightValues } from './model/weight-values.ts'
import type { Threads } from './parallel/start-threads.ts'
import type { Plan } from './plan.ts'
import type { RunProgress, RunState } from './run-state.ts'
import { TestImages } from './test-images.ts'
import type { DataSources, TrainingData } from './training-data.ts'

/** When checkpoints are written, beside the end of every epoch. */
export interface CheckpointOptions {
  /** Every so many steps: an integer of at least 1. Default: by time only. */
  readonly everySteps?: number
  /** At the first step after so many seconds. @default 60 */
  readonly everySeconds?: number
  /** How many are kept: an integer of at least 1. @default 3 */
  readonly keep?: number
}

/** Writes checkpoints when they are due. */
export class Checkpointer {
  readonly #folder: CheckpointFolder<RunState>
  readonly #options: CheckpointOptions
  readonly #emit: TrainListener
  readonly #beforeSave: () => void
  #last = performance.now()

  constructor(folder: CheckpointFolder<RunState>, options: CheckpointOptions, emit: TrainListener, beforeSave: () => void) {
    this.#folder = folder
    this.#options = options
    this.#emit = emit
    this.#beforeSave = beforeSave
  }

  /** @param step Steps done in the run. */
  due(step: number): boolean {
    const { everySteps, everySeconds = 60 } = this.#options
    if (everySteps !== undefined && step % everySteps === 0) return true
    return performance.now() - this.#last >= 1000 * everySeconds
  }

  /** @throws FileError if it cannot be written. */
  async save(stage: { content(): Promise<CheckpointContent<RunState>> }): Promise<void> {
    this.#beforeSave()
    const content = await stage.content()
    const { step } = content.state.progress
    const file = await this.#folder.save(step, content)
    this.#last = performance.now()
    this.#emit({ type: 'checkpoint', file, step })
  }
}

const LOSS_POINTS = 300

type ContextParts = Pick<RunContext, 'plan' | 'data' | 'engine' | 'fingerprint' | 'emit' | 'signal' | 'progress' | 'threads'> & {
  readonly sources: DataSources
}

export class RunContext {
  readonly plan: Plan
  readonly data: TrainingData
  /** The images that are trained on. Every stage gives it a random state of its own. */
  readonly source: BatchSource
  readonly test: TestImages
  readonly engine: Engine
  readonly fingerprint: Fingerprint
  readonly emit: TrainListener
  readonly signal?: AbortSignal
  readonly progress: RunProgress
  /** Weights that earlier stages ended with, as far as later ones need them. */
  readonly ends = new Map<number, WeightValues>()
  checkpoints?: Checkpointer
  /** Where steps are taken, if not on this thread. */
  readonly threads?: Threads
  readonly stepsPerEpoch: number
  readonly #totalSteps: number
  readonly #skipped = new Map<string, number>()
  readonly #began = performance.now()
  readonly #secondsBefore: number
  readonly #stepsBefore: number

  constructor(parts: ContextParts) {
    this.plan = parts.plan
    this.data = parts.data
    this.source = parts.sources.train
    this.test = new TestImages(parts.sources.test)
    this.engine = parts.engine
    this.fingerprint = parts.fingerprint
    this.emit = parts.emit
    this.signal = parts.signal
    this.progress = parts.progress
    this.threads = parts.threads
    this.#secondsBefore = parts.progress.seconds
    this.#stepsBefore = parts.progress.step
    this.stepsPerEpoch = this.source.count
    this.#totalSteps = this.stepsPerEpoch * parts.plan.stages.reduce((sum, { epochs }) => sum + epochs, 0)
  }

  /** Brings the time spent up to date. */
  readonly countSeconds = (): void => {
    this.progress.seconds = this.#secondsBefore + (performance.now() - this.#began) / 1000
  }

  /** Tells how many files a stream left out, when that is not what it was. */
  reportSkipped(): void {
    for (const [part, source] of [['training', this.source] as const, ['test', this.test.source] as const]) {
      const { length, 0: first } = source.skipped ?? []
      if (length === (this.#skipped.get(part) ?? 0)) continue
      this.#skipped.set(part, length)
      const what = `${length} of the ${part} files ${length === 1 ? 'was left out: ' : 'were left out, the first: '}`
      if (first) this.emit({ type: 'warning', message: what + first.message })
    }
  }

  countStep(loss: number): void {
    const { progress } = this
    progress.step++
    progress.lossSum += loss
    const perPoint = Math.ceil(this.#totalSteps / LOSS_POINTS)
    if (progress.step % perPoint !== 0) return
    progress.losses.push({ step: progress.step, loss: progress.lossSum / perPoint })
    progress.lossSum = 0
  }

  /** From the mean time of a step in this process. */
  secondsLeft(): number {
    const { step } = this.progress
    const perStep = (performance.now() - this.#began) / 1000 / Math.max(1, step - this.#stepsBefore)
    return perStep * (this.#totalSteps - step)
  }
}

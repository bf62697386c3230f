/** The state that all stages of a run share. */

import type { Teacher } from '@onebit/core'
import type { BatchSource } from '@onebit/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Fingerprint } from '../checkpoint/fingerprint.ts'
import type { Engine } from '../engine.ts'
import type { EvaluatedPart, TrainListener } from '../events.ts'
import type { Threads } from '../host.ts'
import type { WeightValues } from '../model/weight-values.ts'
import type { Plan, ResolvedStage } from '../plan.ts'
import type { RunProgress } from '../run-state.ts'
import type { TaskContext } from '../task-context.ts'
import { TestImages } from '../test-images.ts'
import type { DataSources, TrainingData } from '../training-data.ts'
import type { Checkpointer } from './checkpointer.ts'

/** Composes the model of a stage. */
export type Compose = (stage: ResolvedStage) => LayersModel | Promise<LayersModel>

const LOSS_POINTS = 300

export interface ContextParts {
  readonly plan: Plan
  readonly task: TaskContext
  readonly data: TrainingData
  readonly sources: DataSources
  readonly engine: Engine
  readonly fingerprint: Fingerprint
  /** Teachers from outside the run, by the name of the stage. */
  readonly teachers: ReadonlyMap<string, Teacher>
  readonly emit: TrainListener
  readonly signal?: AbortSignal
  readonly progress: RunProgress
  /** The threads that compute steps. Absent if this thread does. */
  readonly threads?: Threads
  readonly checkpoints?: Checkpointer
}

export class RunContext {
  readonly parts: ContextParts
  readonly test: TestImages
  /** The pictures that epochs are measured on. They are the test pictures if there are no validation pictures. */
  readonly evaluated: TestImages
  readonly evaluatedPart: EvaluatedPart
  /** Final weights of earlier stages, as long as later stages need them. */
  readonly ends = new Map<number, WeightValues>()
  readonly #totalSteps: number
  /** Number of steps that early stopping saved. */
  #saved = 0
  readonly #skipped = new Map<string, number>()
  readonly #began = performance.now()
  readonly #secondsBefore: number
  readonly #stepsBefore: number

  constructor(parts: ContextParts) {
    const { plan, sources, progress } = parts
    this.parts = parts
    this.test = new TestImages(sources.test)
    this.evaluated = sources.validation ? new TestImages(sources.validation) : this.test
    this.evaluatedPart = sources.validation ? 'validation' : 'test'
    this.#secondsBefore = progress.seconds
    this.#stepsBefore = progress.step
    this.#totalSteps = plan.stages.reduce((sum, { epochs }, stage) => sum + epochs * this.sourceOf(stage).count, 0)
  }

  /** The pictures that a stage trains on. Gives them their own random state. @param stage From 0. */
  sourceOf(stage: number): BatchSource {
    return this.parts.sources.stages[stage]
  }

  /** Updates the time spent. */
  countSeconds(): void {
    this.parts.progress.seconds = this.#secondsBefore + (performance.now() - this.#began) / 1000
  }

  /** Reports how many files a stream left out, if the number changed. @param stage Number of the current stage, from 0. */
  reportSkipped(stage: number): void {
    const sources = [
      ['training', this.sourceOf(stage)],
      ...(this.evaluated === this.test ? [] : [['validation', this.evaluated.source] as const]),
      ['test', this.test.source],
    ] as const
    for (const [part, source] of sources) {
      const { length, 0: first } = source.skipped ?? []
      if (length === (this.#skipped.get(part) ?? 0)) continue
      this.#skipped.set(part, length)
      const what = `${length} of the ${part} files ${length === 1 ? 'was left out: ' : 'were left out, the first: '}`
      if (first) this.parts.emit({ type: 'warning', message: what + first.message })
    }
  }

  countStep(loss: number): void {
    const { progress } = this.parts
    progress.step++
    progress.lossSum += loss
    const perPoint = Math.ceil(this.#totalSteps / LOSS_POINTS)
    if (progress.step % perPoint !== 0) return
    progress.losses.push({ step: progress.step, loss: progress.lossSum / perPoint })
    progress.lossSum = 0
  }

  /** Records that these steps will not be taken. */
  countStopped(steps: number): void {
    this.#saved += steps
  }

  /** Estimated from the mean time of a step in this process. */
  secondsLeft(): number {
    const { step } = this.parts.progress
    const perStep = (performance.now() - this.#began) / 1000 / Math.max(1, step - this.#stepsBefore)
    return perStep * Math.max(0, this.#totalSteps - this.#saved - step)
  }
}

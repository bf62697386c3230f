/** Writes checkpoints when they are due. */
import type { CheckpointContent } from '../checkpoint/checkpoint-file.ts'
import type { TrainListener } from '../events.ts'
import type { CheckpointStore } from '../host.ts'
import type { RunState } from '../run-state.ts'

/** Determines when checkpoints are written, in addition to the end of every epoch. */
export interface CheckpointOptions {
  /** Number of steps between checkpoints, at least 1. Default: only the time counts. */
  readonly everySteps?: number
  /** Seconds between checkpoints; the first step after that time writes one. @default 60 */
  readonly everySeconds?: number
  /** Number of checkpoints to keep, at least 1. @default 3 */
  readonly keep?: number
}

export class Checkpointer {
  readonly #store: CheckpointStore
  readonly #options: CheckpointOptions
  readonly #emit: TrainListener
  #last = performance.now()

  constructor(store: CheckpointStore, options: CheckpointOptions, emit: TrainListener) {
    this.#store = store
    this.#options = options
    this.#emit = emit
  }

  /** @param step Number of steps done in the run. */
  due(step: number): boolean {
    const { everySteps, everySeconds = 60 } = this.#options
    if (everySteps !== undefined && step % everySteps === 0) return true
    return performance.now() - this.#last >= 1000 * everySeconds
  }

  /** @throws FileError if it cannot be written. */
  async save(content: CheckpointContent<RunState>): Promise<void> {
    const { step } = content.state.progress
    const file = await this.#store.save(step, content)
    this.#last = performance.now()
    this.#emit({ type: 'checkpoint', file, step })
  }
}

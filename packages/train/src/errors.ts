/** What can go wrong while training. */
import { OnebitError } from '@onebit/core'

/** No training engine could be started. */
export class EngineError extends OnebitError {
  static override readonly errorName: string = 'EngineError'
}

/** The loss or the weights stopped being numbers. */
export class DivergenceError extends OnebitError {
  static override readonly errorName: string = 'DivergenceError'
}

/** A run folder that cannot be read as one. */
export class RunError extends OnebitError {
  static override readonly errorName: string = 'RunError'
}

/** A training thread that could not start, or ended before the run did. */
export class WorkerError extends OnebitError {
  static override readonly errorName: string = 'WorkerError'
}

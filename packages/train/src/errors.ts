/** The errors of training. */
import { OnebitError } from '@onebit/core'

/** No training engine could be started. */
export class EngineError extends OnebitError {
  static override readonly errorName: string = 'EngineError'
}

/** The loss or the weights became NaN or infinite. */
export class DivergenceError extends OnebitError {
  static override readonly errorName: string = 'DivergenceError'
}

/** A folder that cannot be read as a run. */
export class RunError extends OnebitError {
  static override readonly errorName: string = 'RunError'
}

/** A training thread that did not start, or that ended before the run did. */
export class WorkerError extends OnebitError {
  static override readonly errorName: string = 'WorkerError'
}

import { OnebitError } from '@onebit/core'

/** A worker ended amid a run, and the result is lost. The next run starts new workers. */
export class WorkerLostError extends OnebitError {
  static override readonly errorName: string = 'WorkerLostError'
}

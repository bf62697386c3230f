import { OnebitError } from '@onebit/core'

/** A worker that ended amid a run, whose result is lost. The next run starts new workers. */
export class WorkerLostError extends OnebitError {
  static override readonly errorName: string = 'WorkerLostError'
}

import { OnebitError } from '@onebit/core'

/** A checkpoint that is damaged, or belongs to a run with other options. */
export class CheckpointError extends OnebitError {
  static override readonly errorName: string = 'CheckpointError'
}

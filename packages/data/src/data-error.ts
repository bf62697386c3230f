import { type ErrorParts, OnebitError } from '@onebit/core'

/** Why data could not be used; stable, for programs. */
export type DataErrorReason =
  | 'magic'
  | 'type'
  | 'dimensions'
  | 'truncated'
  | 'oversized'
  | 'gzip'
  | 'tar'
  | 'pickle'
  | 'label-range'
  | 'unknown-class'
  | 'count-mismatch'
  | 'not-found'
  | 'empty'
  | 'decode'
  | 'worker'
  | 'checksum'
  | 'annotation'
  | 'unsupported'
  | 'status'
  | 'unreachable'
  | 'interrupted'
  | 'aborted'

/** A data file that is not what its format or its data set says. `file` is the path, address or name of the offender. */
export class DataError extends OnebitError {
  static override readonly errorName: string = 'DataError'
  readonly reason: DataErrorReason
  readonly file?: string

  constructor(parts: ErrorParts & { reason: DataErrorReason; file?: string }, options?: ErrorOptions) {
    super(parts, options)
    this.reason = parts.reason
    this.file = parts.file
  }
}

/** A download that did not arrive whole. Nothing was written under the final name. `file` is the address. */
export class DownloadError extends DataError {
  static override readonly errorName: string = 'DownloadError'
}

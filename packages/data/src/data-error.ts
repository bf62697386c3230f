import { type ErrorParts, OnebitError } from '@onebit/core'

/** The reason why data could not be used. The values are stable, for programs. */
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

/** A data file that does not match its format or its data set. `file` is its path, address or name. */
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

/** A download that did not complete. The final file was not written. `file` is the address. */
export class DownloadError extends DataError {
  static override readonly errorName: string = 'DownloadError'
}

import { type ErrorParts, InputError } from '@onebit/core'

/** Why there is no picture; stable, for programs. */
export type PictureErrorReason =
  /** The value is nothing that pictures come from: null, a number, another object. */
  | 'no-picture'
  /** A file that the decoder refuses: damaged, or of a format that it does not know. */
  | 'undecodable'
  /** The pixels belong to another site, and the browser does not show them to this one. */
  | 'tainted'
  /** An image or a video of which nothing has arrived yet, or that failed to load. */
  | 'not-loaded'
  /** An `ImageBitmap`, a `VideoFrame` or a tensor that was closed, transferred or disposed. */
  | 'closed'
  /** A picture without pixels. */
  | 'empty'
  /** Values that do not fit the size, or are no numbers. */
  | 'misshapen'
  /** More pixels than `MOST_PIXELS`, or than the canvas here takes. */
  | 'too-large'
  /** There is no decoder or canvas here. */
  | 'unsupported'

/** A source of pictures that gives none. It is an `InputError` too. */
export class PictureError extends InputError {
  static override readonly errorName: string = 'PictureError'
  readonly reason: PictureErrorReason

  constructor(parts: ErrorParts & { reason: PictureErrorReason }, options?: ErrorOptions) {
    super(parts, options)
    this.reason = parts.reason
  }
}

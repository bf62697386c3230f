import { type ErrorParts, InputError } from '@onebit/core'

/** The reason why there is no picture. The values are stable, for programs. */
export type PictureErrorReason =
  /** The value is not a source of pictures: null, a number, another object. */
  | 'no-picture'
  /** The decoder refuses the file: it is damaged, or in an unknown format. */
  | 'undecodable'
  /** The pixels belong to another site, and the browser protects them. */
  | 'tainted'
  /** No data of an image or a video has arrived yet, or it failed to load. */
  | 'not-loaded'
  /** An `ImageBitmap`, a `VideoFrame` or a tensor was closed, transferred or disposed. */
  | 'closed'
  /** The picture has no pixels. */
  | 'empty'
  /** The values do not fit the size, or are not numbers. */
  | 'misshapen'
  /** There are more pixels than `MOST_PIXELS`, or than the canvas of this engine supports. */
  | 'too-large'
  /** This engine has no decoder or canvas. */
  | 'unsupported'

/** A source of pictures gives no picture. It is an `InputError` too. */
export class PictureError extends InputError {
  static override readonly errorName: string = 'PictureError'
  readonly reason: PictureErrorReason

  constructor(parts: ErrorParts & { reason: PictureErrorReason }, options?: ErrorOptions) {
    super(parts, options)
    this.reason = parts.reason
  }
}

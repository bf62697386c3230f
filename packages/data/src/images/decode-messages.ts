/** The messages between the decoding threads and the thread that asks. */
import { type Affine, AnnotationError, type ErrorParts, FileError, OptionError } from '@onebit/core'
import type { Augmentation } from '../augment/augmentation.ts'
import { DataError, type DataErrorReason } from '../data-error.ts'
import type { ChannelNormalization, Normalization } from '../normalization.ts'

/** The data that a worker starts with. */
export interface DecodeSetup {
  /** The address of the package `sharp`. */
  sharp: string
  /** `[height, width, channels]` that every image must have after its augmentation. */
  shape: readonly [height: number, width: number, channels: 1 | 3]
  augment: readonly Augmentation[]
  /** URLs of modules whose default export lists the augmentations of other packages. */
  plugins: readonly string[]
  /** Images with more pixels count as damaged files. */
  maxPixels: number
  normalization: Normalization | ChannelNormalization
  /** If true, the next image is decoded while one is augmented. */
  overlap: boolean
  /** Nonzero if the remaining tasks are no longer wanted. */
  stopped: SharedArrayBuffer
}

/** One image to decode. */
export interface DecodeTask {
  /** Position in the epoch. */
  place: number
  file: string
  /** Index in the data set. */
  index: number
  epochSeed: number
  /** The image's annotation, if the first step reads it. */
  annotation?: unknown
}

/** `stop` ends the worker after the tasks before it. */
export type DecodeRequest = DecodeTask | 'stop'

/** A decoded image: its floats, the size of the picture in the file, and the map from that picture's pixels. */
export interface DecodedImage {
  floats: Float32Array<ArrayBuffer>
  picture: readonly [height: number, width: number]
  affine: Affine
}

/** One image, or the error instead. */
export type DecodeReply =
  | { place: number; image: DecodedImage; fault?: undefined }
  | { place: number; image?: undefined; fault: Fault }

/** An error as plain data. */
export interface Fault {
  type: 'data' | 'file' | 'option' | 'annotation'
  parts: ErrorParts
  reason?: DataErrorReason
  file?: string
}

/** Converts one of the four kinds of errors. Throws any other error again. */
export function toFault(error: unknown): Fault {
  if (DataError.isInstance(error)) return { type: 'data', parts: error.parts, reason: error.reason, file: error.file }
  if (FileError.isInstance(error)) return { type: 'file', parts: error.parts }
  if (OptionError.isInstance(error)) return { type: 'option', parts: error.parts }
  if (AnnotationError.isInstance(error)) return { type: 'annotation', parts: error.parts }
  throw error
}

/** The error that the worker met. */
export function fromFault({ type, parts, reason, file }: Fault): DataError | FileError | OptionError | AnnotationError {
  if (type === 'data') return new DataError({ ...parts, reason: reason!, file })
  if (type === 'annotation') return new AnnotationError(parts)
  return type === 'file' ? new FileError(parts) : new OptionError(parts)
}

/** What the threads that decode and the one that asks tell each other. */
import { type Affine, AnnotationError, type ErrorParts, FileError, OptionError } from '@onebit/core'
import type { Augmentation } from '../augment/augmentation.ts'
import { DataError, type DataErrorReason } from '../data-error.ts'
import type { ChannelNormalization, Normalization } from '../normalization.ts'

/** Given to a worker at its start. */
export interface DecodeSetup {
  /** The address of the package `sharp`. */
  sharp: string
  /** `[height, width, channels]` that every image must have after its augmentation. */
  shape: readonly [height: number, width: number, channels: 1 | 3]
  augment: readonly Augmentation[]
  /** URLs of modules whose default export lists the augmentations of other packages. */
  plugins: readonly string[]
  /** Images of more are bad files. */
  maxPixels: number
  normalization: Normalization | ChannelNormalization
  /** Whether to decode the next image while one is augmented. */
  overlap: boolean
  /** Not 0: what is still asked for is not wanted any more. */
  stopped: SharedArrayBuffer
}

/** One image, to be decoded. */
export interface DecodeTask {
  /** Its place in the epoch. */
  place: number
  file: string
  /** Its place in the data set. */
  index: number
  epochSeed: number
  /** Of the image, where the first step goes by it. */
  annotation?: unknown
}

/** `stop` ends the worker once it has come to it. */
export type DecodeRequest = DecodeTask | 'stop'

/** A decoded image: its floats, the size of the picture in the file, and where the pixels of that went. */
export interface DecodedImage {
  floats: Float32Array<ArrayBuffer>
  picture: readonly [height: number, width: number]
  affine: Affine
}

/** One image, or why there is none. */
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

/** Throws on what is none of the four kinds. */
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

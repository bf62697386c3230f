/** Errors of the reader of model files. */
import { type ErrorParts, ModelFormatError } from '../errors.ts'

/** Throws a ModelFormatError about one field of the file. */
export function refuse(field: string, parts: ErrorParts, options?: ErrorOptions): never {
  throw new ModelFormatError({ ...parts, field }, options)
}

export const DOWNLOAD_AGAIN = 'Download or copy the file again.'

/** `5212160` as `5,212,160`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

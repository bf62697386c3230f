/**
 * Everything that determines the batches of a source, apart from its random state, as JSON. A resumed run uses it to check that
 * it has the same data as at its beginning.
 */
import { sha256 } from '@onebit/core'
import type { Augmentation } from './augment/augmentation.ts'
import type { ImageSet } from './image-set.ts'
import type { ImageFiles } from './images/image-folder.ts'
import type { ChannelNormalization, Normalization } from './normalization.ts'

export interface SourceFingerprint {
  /** Number of pictures. */
  readonly images: number
  /** For data in memory, the digest of pixels and annotations. For image files, the digest of their names and annotations. */
  readonly sha256: string
  readonly normalization: Normalization | ChannelNormalization
  readonly augment: readonly Augmentation[]
  /** `[height, width, channels]` */
  readonly shape: readonly number[]
}

/** The bytes of a typed array in memory. Anything else becomes JSON, with typed arrays as lists. */
function annotationBytes(annotations: ArrayLike<unknown>, count: number): Uint8Array {
  if (annotations instanceof Uint8Array) return annotations.subarray(0, count)
  if (ArrayBuffer.isView(annotations)) {
    const { buffer, byteOffset, byteLength } = annotations
    return new Uint8Array(buffer, byteOffset, (byteLength / annotations.length) * count)
  }
  return new TextEncoder().encode(Array.from({ length: count }, (_, index) => `${textOf(annotations[index])}\n`).join(''))
}

function textOf(annotation: unknown): string {
  const plain = (_: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Uint8Array) : value
  return JSON.stringify(annotation, plain) ?? 'undefined'
}

export function digestOfSet({ images, annotations, count, shape }: ImageSet): string {
  const [height, width, channels] = shape
  return sha256(images.subarray(0, count * height * width * channels), annotationBytes(annotations, count))
}

/** Parent folders do not count, so a data set may move to another folder. */
export function digestOfFiles({ files, annotations }: ImageFiles): string {
  const lines = files.map((file, index) => `${textOf(annotations[index])} ${file.split(/[/\\]/).slice(-2).join('/')}\n`)
  return sha256(new TextEncoder().encode(lines.join('')))
}

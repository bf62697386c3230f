/** What segmentation has to know of a data set, and what people write down about a picture. */
import { AnnotationError, type PictureData } from '@onebit/core'
import type { Picture } from '@onebit/image'

/** A type, not an interface: only so it is JSON to the compiler. */
export type SegmentationFacts = {
  /** Class names; the pixels of masks index them. */
  readonly classes: readonly string[]
}

/** Pixels of a mask that belong to no class: what nobody labeled, or what a network never saw. */
export const IGNORED = 255

/** A class for every pixel: a picture of one channel whose bytes are numbers of classes, or `IGNORED`. */
export interface Segmentation {
  readonly mask: PictureData
}

/**
 * The mask as a picture that can be warped.
 * @throws AnnotationError unless it has one channel and a byte a pixel, each a class or `IGNORED`.
 */
export function checkMask({ mask }: Segmentation, { classes }: SegmentationFacts): Picture {
  const { data, width, height, channels } = mask
  if (channels !== 1 || data.length !== width * height) {
    throw new AnnotationError({
      what: 'A mask does not fit its size.',
      expected: `one channel and ${height} x ${width} bytes`,
      received: `${channels} channels and ${data.length} bytes`,
    })
  }
  const offender = data.findIndex((index) => index >= classes.length && index !== IGNORED)
  if (offender >= 0) {
    throw new AnnotationError({
      what: `The mask's pixel in column ${offender % width} and row ${Math.floor(offender / width)} is no class.`,
      expected: `0 to ${classes.length - 1}, or ${IGNORED} for no class`,
      received: `${data[offender]}`,
    })
  }
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height, channels }
}

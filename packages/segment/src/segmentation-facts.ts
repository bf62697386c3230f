/** The facts of a data set for segmentation, and the annotation of a picture. */
import { AnnotationError, type PictureData, rules, type ValueRule } from '@onebit/core'
import { type Picture, pictureRules } from '@onebit/image'

/** A type, because TypeScript does not accept an interface as JSON. */
export type SegmentationFacts = {
  /** Class names, in the order of the masks' numbers. */
  readonly classes: readonly string[]
}

export const factsRule: ValueRule = rules.object({ classes: rules.list(rules.text, { minimum: 1 }) })

/** A picture of one channel. `checkMask` does not check this again. */
export const segmentationRule: ValueRule = rules.object({
  mask: rules.rule(
    'a mask: a picture of one channel',
    (value) => pictureRules.picture(value) === undefined && (value as PictureData).channels === 1,
  ),
})

/** Pixels of a mask without a class: nobody labeled them, or the network did not see them. */
export const IGNORED = 255

/** A class for every pixel: a picture of one channel, whose bytes are numbers of classes or `IGNORED`. */
export interface Segmentation {
  readonly mask: PictureData
}

const shapeRule = rules.object({
  mask: rules.object({ data: pictureRules.bytes, width: pictureRules.side, height: pictureRules.side, channels: rules.anything }),
})

/**
 * The mask as a picture that can be warped.
 * @throws AnnotationError unless it has one channel and a byte per pixel, each a class or `IGNORED`.
 */
export function checkMask(segmentation: Segmentation, { classes }: SegmentationFacts): Picture {
  const fault = shapeRule(segmentation)
  if (fault) {
    const { at, expected, received } = fault
    throw new AnnotationError({ what: `An annotation is no mask${at && ` at '${at}'`}.`, expected, received })
  }
  const { data, width, height, channels } = segmentation.mask
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

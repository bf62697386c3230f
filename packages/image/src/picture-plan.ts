/** A preparation as numbers alone, for a GPU: what `preparePicture` does to pictures of one size over black. */
import { checkArguments, checkOptions, type PicturePlan, type PicturePlanStep, rules, type ValueRules } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { inputSize, requireInputSize } from './input-size.ts'
import { requirePixels } from './limits.ts'
import { normalizationTable, UNIT_NORMALIZATION } from './normalization.ts'
import type { Extent, Rectangle } from './picture.ts'
import { overlap, type Placement } from './placement.ts'
import { defaultPreparation, type Preparation, type PreparationStep, preparationOf } from './preparation.ts'
import { type PrepareOptions, placeStep } from './prepare-picture.ts'
import { triangleFilter } from './triangle-filter.ts'

const OPTIONS: ValueRules<'input' | 'normalization'> = {
  input: rules.list(argument.side),
  normalization: rules.optional(argument.normalization),
}

function stepOf(source: Extent, { scaled, frame }: Placement, fill: PicturePlanStep['fill']): PicturePlanStep {
  const part: Rectangle = overlap(frame, scaled)
  const { height, width } = frame
  return {
    columns: triangleFilter(source.width, { start: 0, length: source.width }, scaled.width, {
      start: part.left,
      length: part.width,
    }),
    rows: triangleFilter(source.height, { start: 0, length: source.height }, scaled.height, {
      start: part.top,
      length: part.height,
    }),
    frame: { height, width },
    top: part.top - frame.top,
    left: part.left - frame.left,
    fill,
  }
}

const fillOf = (step: PreparationStep): PicturePlanStep['fill'] => (step.type === 'resize' ? (step.fill ?? 0) : 0)

/** All of a picture as it is, where no step reads it otherwise. */
const asItIs = ({ height, width }: Extent): Placement => ({
  scaled: { height, width },
  frame: { top: 0, left: 0, height, width },
})

/**
 * What a picture of a size goes through. A backend that follows it in float64 gives the bits of `preparePicture`.
 * @param preparation Default: `defaultPreparation`.
 * @throws as `preparePicture` does.
 */
export function picturePlan(
  picture: Extent,
  preparation: Preparation | undefined,
  options: Omit<PrepareOptions, 'background'>,
): PicturePlan {
  checkArguments('picturePlan()', { picture: [picture, argument.extent] })
  requirePixels(picture.width, picture.height)
  const { input, normalization = UNIT_NORMALIZATION } = checkOptions('picturePlan()', options, OPTIONS, ['input'])
  const size = inputSize(input)
  const given = preparation === undefined ? defaultPreparation([size.height, size.width]) : preparationOf(preparation)
  const steps: PicturePlanStep[] = []
  let extent: Extent = picture
  for (const step of given) {
    const placement = placeStep(extent, step)
    steps.push(stepOf(extent, placement, fillOf(step)))
    extent = placement.frame
  }
  requireInputSize(extent, size, given)
  return {
    height: picture.height,
    width: picture.width,
    channels: size.channels,
    background: [0, 0, 0],
    steps: steps.length > 0 ? steps : [stepOf(picture, asItIs(picture), 0)],
    normalization: normalizationTable(normalization, size.channels),
  }
}

/** The one way from a picture to a network's input, for the test pictures of training, evaluation, the command and every task. */
import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import { type Affine, IDENTITY, inOrder } from './affine.ts'
import * as argument from './argument-rules.ts'
import { centerCrop, placeCenterCrop } from './center-crop.ts'
import { type Background, toChannels } from './color.ts'
import { inputSize, requireInputSize } from './input-size.ts'
import { type Normalization, normalize, UNIT_NORMALIZATION } from './normalization.ts'
import type { Extent, Picture } from './picture.ts'
import { affineOf, type Placement, type PlaceOptions } from './placement.ts'
import { defaultPreparation, type Preparation, type PreparationStep, preparationOf } from './preparation.ts'
import { placeResize, resize } from './resize.ts'

export interface PrepareOptions {
  /** `[height, width, channels]` of the network's input; channels are 1 or 3. */
  readonly input: readonly number[]
  /** Default: pixels from 0 to 1. */
  readonly normalization?: Normalization
  /** Background behind transparent pixels. Default: black. */
  readonly background?: Background
}

const OPTIONS: ValueRules<keyof PrepareOptions> = {
  input: rules.list(argument.side),
  normalization: argument.normalization,
  background: argument.background,
}

export interface PreparedPicture {
  /** `[height, width, channels]` in row-major order, normalized. */
  readonly values: Float32Array<ArrayBuffer>
  /** The input as pixels, before normalization. */
  readonly picture: Picture
  /** Maps the picture's coordinates to the input's. Its `inverse` maps a network's results back to the picture. */
  readonly toInput: Affine
}

/** Applies one step of a preparation. */
export function applyStep(picture: Picture, step: PreparationStep, placing?: Omit<PlaceOptions, 'fill'>): Picture {
  preparationOf([step])
  return step.type === 'center-crop' ? centerCrop(picture, step, placing) : resize(picture, step, placing)
}

/** The picture after all steps, with 1 or 3 channels. Each step rounds to bytes. */
export function applyPreparation(
  picture: Picture,
  preparation: Preparation,
  options: { readonly channels: 1 | 3; readonly background?: Background },
): Picture {
  checkArguments('applyPreparation()', { picture: [picture, argument.picture] })
  const { channels, background } = checkOptions('applyPreparation()', options, argument.placing, ['channels'])
  preparationOf(preparation)
  const prepared = preparation.reduce((result, step) => applyStep(result, step, { channels, background }), picture)
  return toChannels(prepared, channels, background)
}

/** Where a step puts a picture of a size. */
export function placeStep(picture: Extent, step: PreparationStep): Placement {
  return step.type === 'center-crop' ? placeCenterCrop(picture, step) : placeResize(picture, step)
}

/** Maps a picture's coordinates to those after the steps. Keypoints and boxes move by this map. */
export function preparationAffine(picture: Extent, preparation: Preparation): Affine {
  checkArguments('preparationAffine()', { picture: [picture, argument.extent] })
  preparationOf(preparation)
  let [affine, extent] = [IDENTITY, picture]
  for (const step of preparation) {
    const placement = placeStep(extent, step)
    affine = inOrder(affine, affineOf(extent, placement))
    extent = placement.frame
  }
  return affine
}

/**
 * Prepares a picture for a network: gray and alpha first, by `toChannels`, then the steps, each rounded to bytes, then the
 * normalization. The result is the same, bit for bit, in every JavaScript engine.
 * @param preparation Default: `defaultPreparation`.
 * @throws OptionError on a step or a normalization that cannot be used; InputError if the network takes no pictures, or the steps
 * end in another size than its input's.
 */
export function preparePicture(picture: Picture, preparation: Preparation | undefined, options: PrepareOptions): PreparedPicture {
  const { input, normalization = UNIT_NORMALIZATION, background } = checkOptions('preparePicture()', options, OPTIONS, ['input'])
  const size = inputSize(input)
  const { height, width, channels } = size
  const steps = preparation ?? defaultPreparation([height, width])
  const prepared = applyPreparation(picture, steps, { channels, background })
  requireInputSize(prepared, size, steps)
  return { values: normalize(prepared, normalization), picture: prepared, toInput: preparationAffine(picture, steps) }
}

/**
 * The preparation of a picture for a network, as plain data. A recipe contains it, a model file stores it, and training,
 * evaluation and deployment all apply it with `preparePicture`. Steps are not random; random changes are augmentations, which
 * only training uses.
 */
import { describeValue, nearestNames, OptionError } from '@onebit/core'
import { type CenterCropStep, checkCenterCrop } from './center-crop.ts'
import { heightAndWidth } from './limits.ts'
import { checkResize, type ResizeStep } from './resize.ts'

export type PreparationStep = CenterCropStep | ResizeStep

/** Steps, in order. */
export type Preparation = readonly PreparationStep[]

const STEPS = {
  'center-crop': { keys: ['type', 'size', 'shorterSide'], check: checkCenterCrop },
  resize: { keys: ['type', 'size', 'mode', 'fill'], check: checkResize },
} as const satisfies Record<PreparationStep['type'], unknown>

/** The types of steps. */
export const PREPARATION_STEPS = Object.keys(STEPS) as readonly PreparationStep['type'][]

/** True if a step of any kind is a step of preparations, by its type. */
export function isPreparationStep(step: unknown): step is PreparationStep {
  return (
    typeof step === 'object' &&
    step !== null &&
    'type' in step &&
    typeof step.type === 'string' &&
    Object.hasOwn(STEPS, step.type)
  )
}

/**
 * Checks the preparation in a value, for example from a recipe or a file.
 * @throws OptionError if it is not a list of steps, on an unknown step or key (with the nearest known one), and on options out of
 * range.
 */
export function preparationOf(value: unknown): Preparation {
  if (Array.isArray(value)) return Array.from(value, stepOf)
  throw new OptionError({
    what: 'The preparation of pictures is not a list of steps.',
    expected: `[{ "type": "center-crop", "size": 224, "shorterSide": 256 }], for example`,
    received: brief(value),
  })
}

function stepOf(value: unknown): PreparationStep {
  if (!isPreparationStep(value)) {
    const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : value
    throw new OptionError({
      what: 'There is no such step of a preparation.',
      expected: PREPARATION_STEPS.join(' or '),
      received: brief(type),
      fix: suggestion(type, PREPARATION_STEPS),
    })
  }
  const { keys, check } = STEPS[value.type]
  for (const key of Object.keys(value)) {
    if ((keys as readonly string[]).includes(key)) continue
    throw new OptionError({
      what: `The step '${value.type}' has no option '${key}'.`,
      expected: keys.join(', '),
      fix: suggestion(key, keys),
    })
  }
  ;(check as (step: PreparationStep) => void)(value)
  return value
}

const brief = (value: unknown): string => describeValue(value).slice(0, 80)

function suggestion(name: unknown, known: readonly string[]): string | undefined {
  const [nearest] = typeof name === 'string' ? nearestNames(name, known) : []
  return nearest && `Did you mean '${nearest}'?`
}

/**
 * The preparation for a network that states none. It fits the whole picture into the input and fills the rest with the color of
 * the picture's border. A picture of the input's own size does not change.
 * @param size `[height, width]` of the input.
 */
export function defaultPreparation(size: readonly [height: number, width: number]): Preparation {
  heightAndWidth(size)
  return [{ type: 'resize', size, mode: 'contain', fill: 'border' }]
}

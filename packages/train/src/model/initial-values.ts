/** Initial values of weights in the form of stages: distributions by name or by their bounds, for weights of a kind or a name. */
import { OptionError, type OptionRule, type OptionRules } from '@onebit/core'
import { initializerOf } from '@onebit/layers'
import * as tfl from '@tensorflow/tfjs-layers'
import { isSelected, selectorsRule, type TrainedWeight, type WeightSelector } from './trained-weights.ts'

type Initializer = ReturnType<typeof tfl.initializers.zeros>

/**
 * Distributions whose width follows from the shape. `he-normal-fan-out` counts outputs instead of inputs. `pytorch` is uniform within
 * 1 / sqrt(inputs), as in PyTorch's layers.
 */
const NAMED = {
  'glorot-normal': (seed: number) => tfl.initializers.glorotNormal({ seed }),
  'glorot-uniform': (seed: number) => tfl.initializers.glorotUniform({ seed }),
  'he-normal': (seed: number) => tfl.initializers.heNormal({ seed }),
  'he-normal-fan-out': (seed: number) =>
    tfl.initializers.varianceScaling({ scale: 2, mode: 'fanOut', distribution: 'normal', seed }),
  'he-uniform': (seed: number) => tfl.initializers.heUniform({ seed }),
  'lecun-normal': (seed: number) => tfl.initializers.leCunNormal({ seed }),
  'lecun-uniform': (seed: number) => tfl.initializers.leCunUniform({ seed }),
  pytorch: (seed: number) => tfl.initializers.varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform', seed }),
} as const

/** A number is the value of all weights; `normal` is the standard deviation around 0. */
export type InitialValues =
  | keyof typeof NAMED
  | number
  | { readonly uniform: readonly [low: number, high: number] }
  | { readonly normal: number }

export interface InitialGroup {
  readonly weights: readonly WeightSelector[]
  readonly values: InitialValues
}

const VALUES_RULE = {
  type: 'union',
  of: [
    { type: 'choice', values: Object.keys(NAMED) as (keyof typeof NAMED)[] },
    { type: 'number' },
    {
      type: 'record',
      fields: {
        uniform: { type: 'list', of: { type: 'number' }, length: 2, optional: true, description: 'least and greatest value' },
        normal: { type: 'number', min: 0, optional: true, description: 'standard deviation around 0' },
      },
    },
  ],
  description: 'a distribution by its name, { "uniform": [low, high] }, { "normal": deviation }, or one number',
} as const satisfies OptionRule

export const INITIAL_RULES = {
  weights: { ...selectorsRule('the weights, by kind or name'), optional: false },
  values: VALUES_RULE,
} as const satisfies OptionRules

/** @throws OptionError on a record with none or both of `uniform` and `normal`, or with bounds in the wrong order. */
export function checkInitial(groups: readonly InitialGroup[]): void {
  for (const [index, { values }] of groups.entries()) {
    if (typeof values !== 'object') continue
    const { uniform, normal } = values as { uniform?: readonly number[]; normal?: number }
    const isOne = (uniform === undefined) !== (normal === undefined)
    if (isOne && (uniform === undefined || uniform[0] <= uniform[1])) continue
    throw new OptionError({
      option: `initial[${index}].values`,
      what: 'These initial values cannot be drawn.',
      expected: '{ "uniform": [low, high] } with low at most high, or { "normal": deviation }',
      received: JSON.stringify(values),
    })
  }
}

/** The initial values from the first group that selects a weight. */
export function initialOf(
  groups: readonly InitialGroup[],
  weight: Pick<TrainedWeight, 'kind' | 'name'>,
  seed: number,
): Initializer | undefined {
  const group = groups.find(({ weights }) => isSelected(weight, weights))
  if (!group) return undefined
  const { values } = group
  return typeof values === 'string' ? NAMED[values](seed) : initializerOf(values, seed)
}

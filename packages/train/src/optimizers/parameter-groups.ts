/**
 * Parameter groups: some weights of a stage have their own optimizer, rate, schedule or weight decay. A weight belongs to the
 * first group that selects it, otherwise to the stage.
 */
import type { OptionRules, Registry } from '@onebit/core'
import { isSelected, selectorsRule, type TrainedWeight, type WeightSelector } from '../model/trained-weights.ts'
import { type RateContext, rateFactor, SCHEDULE_RULE, type Schedule } from '../schedule.ts'
import { type ResolvedOptimizer, resolveOptimizer } from './create-optimizer.ts'
import type { OptimizerReference } from './optimizer-plugin.ts'

/** A group as a user writes it. Missing settings come from the stage. */
export interface ParameterGroup {
  readonly weights: readonly WeightSelector[]
  readonly optimizer?: OptimizerReference
  /** Base rate, above 0. */
  readonly learningRate?: number
  readonly schedule?: Schedule
  /** Epochs, fractions allowed. */
  readonly warmUp?: number
  /** For all weights of the group, of any kind. Default: the decay of the stage, which acts only on kernels. */
  readonly weightDecay?: number
}

export const PARAMETER_GROUP_RULES = {
  weights: { ...selectorsRule('the weights, by kind or name'), optional: false },
  optimizer: { type: 'reference', kind: 'optimizer', optional: true, description: 'optimizer of these weights' },
  learningRate: { type: 'number', min: 0, exclusive: 'min', optional: true, description: 'base rate of these weights' },
  schedule: { ...SCHEDULE_RULE, optional: true, description: 'schedule of their rate' },
  warmUp: { type: 'number', min: 0, optional: true, description: 'epochs in which their rate rises to its base' },
  weightDecay: { type: 'number', min: 0, optional: true, description: 'decay of all these weights, of any kind' },
} as const satisfies OptionRules

/** The training of some weights of a stage. */
export interface ResolvedGroup extends Omit<RateContext, 'epochs'> {
  /** Absent for the weights that no group selects. */
  readonly weights?: readonly WeightSelector[]
  readonly optimizer: ResolvedOptimizer
  readonly learningRate: number
  readonly weightDecay: number
  /** True if the decay acts only on kernels. */
  readonly decaysKernels: boolean
}

/** The settings that groups take from their stage. */
export type GroupDefaults = Pick<ResolvedGroup, 'optimizer' | 'learningRate' | 'schedule' | 'warmUp' | 'weightDecay'>

/** @throws PluginNotFoundError on an unknown optimizer; OptionError on its bad options. */
export function resolveGroup(given: ParameterGroup, stage: GroupDefaults, registry: Registry): ResolvedGroup {
  const { weights, optimizer, learningRate, schedule, warmUp, weightDecay } = given
  return {
    weights,
    optimizer: optimizer === undefined ? stage.optimizer : resolveOptimizer(optimizer, registry),
    learningRate: learningRate ?? stage.learningRate,
    schedule: schedule ?? stage.schedule,
    warmUp: warmUp ?? stage.warmUp,
    weightDecay: weightDecay ?? stage.weightDecay,
    decaysKernels: weightDecay === undefined,
  }
}

/** The part of a stage that groups read. */
export interface GroupedStage extends GroupDefaults {
  readonly epochs: number
  readonly groups: readonly ResolvedGroup[]
}

/** The stage's groups, and at the end its own group for the remaining weights. */
export function groupsOf({ groups, optimizer, learningRate, schedule, warmUp, weightDecay }: GroupedStage): ResolvedGroup[] {
  return [...groups, { optimizer, learningRate, schedule, warmUp, weightDecay, decaysKernels: true }]
}

/** The number of a weight's group. */
export function groupIndex(groups: readonly ResolvedGroup[], weight: Pick<TrainedWeight, 'kind' | 'name'>): number {
  return groups.findIndex(({ weights }) => weights === undefined || isSelected(weight, weights))
}

/** The current rate of a group. */
export interface Rate {
  /** The rate, with the schedule in it. */
  readonly learningRate: number
  /** The schedule alone, from 0 to 1. */
  readonly factor: number
}

/** The rates of a stage's groups; the last is the stage's own. @param step Number of steps done in the stage. */
export function ratesAt(stage: GroupedStage, step: number, stepsPerEpoch: number): readonly Rate[] {
  return groupsOf(stage).map(({ learningRate, schedule, warmUp }) => {
    const factor = rateFactor({ schedule, warmUp, epochs: stage.epochs }, step, stepsPerEpoch)
    return { learningRate: learningRate * factor, factor }
  })
}

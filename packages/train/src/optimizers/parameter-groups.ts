/**
 * Parameter groups: some weights of a stage have an optimizer, a rate, a schedule or a weight decay of their own. A weight is of the first
 * group that means it, and else of the stage.
 */
import type { OptionRules, Registry } from '@onebit/core'
import { isSelected, selectorsRule, type TrainedWeight, type WeightSelector } from '../model/trained-weights.ts'
import { type RateContext, rateFactor, SCHEDULE_RULE, type Schedule } from '../schedule.ts'
import { type ResolvedOptimizer, resolveOptimizer } from './create-optimizer.ts'
import type { OptimizerReference } from './optimizer-plugin.ts'

/** A group as it is given; what it leaves out is the stage's. */
export interface ParameterGroup {
  readonly weights: readonly WeightSelector[]
  readonly optimizer?: OptimizerReference
  /** Base rate, above 0. */
  readonly learningRate?: number
  readonly schedule?: Schedule
  /** Epochs, fractions allowed. */
  readonly warmUp?: number
  /** Of all weights of the group, whatever their kind. Left out, the stage's, which is for kernels. */
  readonly weightDecay?: number
}

export const PARAMETER_GROUP_RULES = {
  weights: { ...selectorsRule('which weights, by kind or name'), optional: false },
  optimizer: { type: 'reference', kind: 'optimizer', optional: true, description: 'what turns their gradients into steps' },
  learningRate: { type: 'number', min: 0, exclusive: 'min', optional: true, description: 'their base rate' },
  schedule: { ...SCHEDULE_RULE, optional: true, description: 'how their rate falls' },
  warmUp: { type: 'number', min: 0, optional: true, description: 'epochs in which their rate rises to its base' },
  weightDecay: { type: 'number', min: 0, optional: true, description: 'of all of them, whatever their kind' },
} as const satisfies OptionRules

/** How some weights of a stage are trained. */
export interface ResolvedGroup extends Omit<RateContext, 'epochs'> {
  /** Absent: those that no group means. */
  readonly weights?: readonly WeightSelector[]
  readonly optimizer: ResolvedOptimizer
  readonly learningRate: number
  readonly weightDecay: number
  /** Whether the decay is for kernels alone. */
  readonly decaysKernels: boolean
}

/** What groups take from their stage. */
export type GroupDefaults = Pick<ResolvedGroup, 'optimizer' | 'learningRate' | 'schedule' | 'warmUp' | 'weightDecay'>

/** @throws PluginNotFoundError on an optimizer that nobody knows; OptionError on its bad options. */
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

/** A stage as groups see it. */
export interface GroupedStage extends GroupDefaults {
  readonly epochs: number
  readonly groups: readonly ResolvedGroup[]
}

/** The stage's groups, and its own for the weights that are left. */
export function groupsOf({ groups, optimizer, learningRate, schedule, warmUp, weightDecay }: GroupedStage): ResolvedGroup[] {
  return [...groups, { optimizer, learningRate, schedule, warmUp, weightDecay, decaysKernels: true }]
}

/** The number of the group that a weight is of. */
export function groupIndex(groups: readonly ResolvedGroup[], weight: Pick<TrainedWeight, 'kind' | 'name'>): number {
  return groups.findIndex(({ weights }) => weights === undefined || isSelected(weight, weights))
}

/** Where a group's rate stands. */
export interface Rate {
  /** With the schedule in it. */
  readonly learningRate: number
  /** The schedule alone, from 0 to 1. */
  readonly factor: number
}

/** The rates of a stage's groups, its own last. @param step Steps done in the stage. */
export function ratesAt(stage: GroupedStage, step: number, stepsPerEpoch: number): readonly Rate[] {
  return groupsOf(stage).map(({ learningRate, schedule, warmUp }) => {
    const factor = rateFactor({ schedule, warmUp, epochs: stage.epochs }, step, stepsPerEpoch)
    return { learningRate: learningRate * factor, factor }
  })
}

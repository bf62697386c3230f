/** The optimizers of a stage as one. Each moves the weights of its group at the group's rate. */
import { isKernel, type TrainedWeight } from '../model/trained-weights.ts'
import type { Values } from '../model/weight-values.ts'
import { createOptimizer } from './create-optimizer.ts'
import type { Optimizer, OptimizerState, Update } from './optimizer.ts'
import { type GroupedStage, groupIndex, groupsOf, type Rate } from './parameter-groups.ts'

/** The key of a slot is the weight's name, a colon, and the slot's own name. */
const weightOf = (slot: string): string => slot.slice(0, slot.lastIndexOf(':'))

export class GroupedOptimizer {
  readonly #optimizers: readonly Optimizer[]
  /** The updates of a step without their gradients, each with the number of its group. */
  readonly #weights: ReadonlyMap<string, { readonly group: number; readonly update: Omit<Update, 'gradient'> }>

  constructor(stage: GroupedStage, weights: readonly TrainedWeight[]) {
    const groups = groupsOf(stage)
    this.#optimizers = groups.map(({ optimizer, weightDecay }) => createOptimizer(optimizer, weightDecay))
    this.#weights = new Map(
      weights.map((weight) => {
        const { name, variable, kind } = weight
        const group = groupIndex(groups, weight)
        const decays = groups[group].decaysKernels ? isKernel(weight) : true
        return [name, { group, update: { name, variable, binary: kind === 'binary-kernel', decays } }]
      }),
    )
  }

  /** @param gradients By the weight's name. @param rates From `ratesAt`. */
  apply(gradients: Iterable<readonly [string, Update['gradient']]>, rates: readonly Rate[]): void {
    const updates: Update[][] = this.#optimizers.map(() => [])
    for (const [name, gradient] of gradients) {
      const { group, update } = this.#weights.get(name)!
      updates[group].push({ ...update, gradient })
    }
    for (const [group, optimizer] of this.#optimizers.entries()) {
      optimizer.apply(updates[group], rates[group].learningRate, rates[group].factor)
    }
  }

  /** A copy of the state that the next steps depend on. All optimizers have taken the same number of steps. */
  async state(): Promise<OptimizerState> {
    const states = await Promise.all(this.#optimizers.map((optimizer) => optimizer.state()))
    return { steps: states[0].steps, slots: new Map(states.flatMap(({ slots }) => [...slots])) }
  }

  restore({ steps, slots }: OptimizerState): void {
    const ofGroup = (group: number): Map<string, Values> =>
      new Map([...slots].filter(([slot]) => this.#weights.get(weightOf(slot))?.group === group))
    for (const [group, optimizer] of this.#optimizers.entries()) optimizer.restore({ steps, slots: ofGroup(group) })
  }

  dispose(): void {
    for (const optimizer of this.#optimizers) optimizer.dispose()
  }
}

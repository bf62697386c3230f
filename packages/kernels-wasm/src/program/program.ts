/** What a graph becomes: kernel calls from the inputs to the outputs. */
import type { Graph, NodeExplanation } from '@onebit/core'
import type { MemoryPlan } from '@onebit/core/compile'
import type { Buffer } from './buffer.ts'
import type { Step } from './schedule.ts'
import type { Value } from './value.ts'

export interface NamedValue {
  readonly name: string
  readonly value: Value
}

export interface Program {
  /** Samples of a batch that a run takes: the first axis of every value, if there are several. */
  readonly samples: number
  readonly inputs: readonly NamedValue[]
  readonly outputs: readonly NamedValue[]
  readonly steps: readonly Step[]
}

/** A graph with every buffer at its address. */
export interface CompiledNetwork {
  /** Names, shapes and types that `run` has to be given. */
  readonly declaredInputs: Graph['inputs']
  /** Those for most samples first; the last one takes one. */
  readonly programs: readonly Program[]
  readonly constants: readonly Buffer[]
  /** How many share the work of a run. */
  readonly threads: number
  readonly memory: MemoryPlan
  readonly explanations: readonly NodeExplanation[]
}

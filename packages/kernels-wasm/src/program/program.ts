/** A compiled graph: kernel calls from the inputs to the outputs. */
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
  /** Samples of a batch that a run takes. If there are several, they are the first axis of every value. */
  readonly samples: number
  readonly inputs: readonly NamedValue[]
  readonly outputs: readonly NamedValue[]
  readonly steps: readonly Step[]
}

/** A graph with every buffer at its address. */
export interface CompiledNetwork {
  /** Names, shapes and types of the inputs of `run`. */
  readonly declaredInputs: Graph['inputs']
  /** Programs for the most samples come first. The last one takes one sample. */
  readonly programs: readonly Program[]
  readonly constants: readonly Buffer[]
  /** Number of threads that share the work of a run. */
  readonly threads: number
  readonly memory: MemoryPlan
  readonly explanations: readonly NodeExplanation[]
}

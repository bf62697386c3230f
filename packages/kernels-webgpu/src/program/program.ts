/** What a graph becomes: kernels in order, from the inputs to the outputs. No part of it knows a device. */
import type { Graph, NodeExplanation } from '@onebit/core'
import type { Buffer, Constant } from './buffer.ts'
import type { Grid } from './grid.ts'
import type { Value } from './value.ts'

/** A kernel, started once a run. */
export interface Dispatch {
  /** The node that it belongs to, for messages. */
  readonly node: string
  /** WGSL; its entry point is `main`. */
  readonly code: string
  /** Whether binding 0 is the word that is 0; otherwise nothing is bound there. */
  readonly usesZero: boolean
  /** From binding 1 on. */
  readonly resources: readonly (Buffer | Constant)[]
  /** Workgroups for a batch of so many samples. */
  grid(batch: number): Grid
}

export interface NamedValue {
  readonly name: string
  readonly value: Value
}

export interface Program {
  /** Names, shapes and types that `run` has to be given. */
  readonly declaredInputs: Graph['inputs']
  readonly inputs: readonly NamedValue[]
  readonly outputs: readonly NamedValue[]
  readonly dispatches: readonly Dispatch[]
  readonly explanations: readonly NodeExplanation[]
}

/** A compiled graph: kernels in order, from the inputs to the outputs. It does not depend on a device. */
import type { Graph, NodeExplanation } from '@onebit/core'
import type { Buffer, Constant } from './buffer.ts'
import type { Grid } from './grid.ts'
import type { Value } from './value.ts'

/** A kernel, which starts once per run. */
export interface Dispatch {
  /** The kernel's node, for messages. */
  readonly node: string
  /** WGSL. Its entry point is `main`. */
  readonly code: string
  /** True if binding 0 is the word that is 0. Otherwise it has no binding 0. */
  readonly usesZero: boolean
  /** Resources of the bindings from 1 on. */
  readonly resources: readonly (Buffer | Constant)[]
  /** Workgroups for a batch size. */
  grid(batch: number): Grid
}

export interface NamedValue {
  readonly name: string
  readonly value: Value
}

export interface Program {
  /** Names, shapes and types of the inputs of `run`. */
  readonly declaredInputs: Graph['inputs']
  readonly inputs: readonly NamedValue[]
  readonly outputs: readonly NamedValue[]
  readonly dispatches: readonly Dispatch[]
  readonly explanations: readonly NodeExplanation[]
}

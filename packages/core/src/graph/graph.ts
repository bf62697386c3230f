/**
 * A Graph is a frozen network: a list of nodes in execution order over named values. Every shape is static and leaves out the batch.
 * The layout is NHWC, so an image is `[height, width, channels]`.
 */
import type { OpAttributes, OpName } from './ops/index.ts'

export * from './value-type.ts'

/** Learned data. Bits are packed: value `i` of the row-major order is bit `i & 7` of byte `i >> 3`, 1 means +1. */
export type GraphTensor =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'bit'; readonly shape: readonly number[]; readonly data: Uint8Array }

export interface GraphInput {
  readonly name: string
  readonly shape: readonly number[]
  /** Default `float32`. Bits are given as an Int8Array of +-1. */
  readonly dtype?: 'float32' | 'bit'
}

export interface GraphOutput {
  /** The name of the value in the result of `run`. */
  readonly name: string
  /** The node or input that produces it. */
  readonly value: string
}

export interface Node<Op extends OpName = OpName> {
  /** Unique in the graph, and the name of the node's one output value. */
  readonly name: string
  readonly op: Op
  /** Names of graph inputs or of earlier nodes. */
  readonly inputs: readonly string[]
  readonly attributes: OpAttributes[Op]
  /** Role in the op (`weights`, `bias`, `scale`, ...) to the name of a graph tensor. Two nodes may share a tensor. */
  readonly tensors: Readonly<Record<string, string>>
}

/** A node whose `attributes` narrow with its `op`. */
export type AnyNode = { [Op in OpName]: Node<Op> }[OpName]
/** A node of an op, or of one of several. */
export type NodeOf<Op extends OpName> = Extract<AnyNode, { op: Op }>

export interface Graph {
  readonly inputs: readonly GraphInput[]
  readonly nodes: readonly AnyNode[]
  readonly outputs: readonly GraphOutput[]
  readonly tensors: ReadonlyMap<string, GraphTensor>
  /** Free text that travels with the model: task, labels, normalization, recipe. */
  readonly metadata: Readonly<Record<string, string>>
}

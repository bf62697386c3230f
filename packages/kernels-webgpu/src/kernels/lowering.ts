/** Arguments and results of lowerings. A lowering translates one node to kernels. */
import { type AnyNode, GraphError, type GraphTensor, type NodeOf, type OpName, type ValueType } from '@onebit/core'
import type { RealLayer } from '@onebit/core/compile'
import type { Buffer } from '../program/buffer.ts'
import type { Value } from '../program/value.ts'
import type { TileChooser } from './choose-tile.ts'
import type { ProgramBuilder } from './program-builder.ts'

/** The context of a node's lowering. */
export interface LoweringScope {
  readonly builder: ProgramBuilder
  readonly inputs: readonly Value[]
  /** The type of the node's output. */
  readonly type: ValueType
  /** The node's tensor for a role, if it has one. */
  tensor(role: string): GraphTensor | undefined
}

/** A real layer, or only its sums. */
export type AnyRealLayer = Pick<RealLayer, 'convolution'> & Partial<RealLayer>

/** The caller's choices that change the results of real layers: see `WebgpuOptions`. */
export interface Variants {
  readonly stem: 'float32' | 'int8'
  readonly weights: 'float32' | 'float16'
}

/** The arithmetic of the graph. */
export const EXACT: Variants = { stem: 'float32', weights: 'float32' }

/** The context of a unit's lowering. A unit may have several nodes. */
export interface UnitScope {
  readonly builder: ProgramBuilder
  readonly tiles: TileChooser
  readonly variants: Variants
  /** True if the value is an input of the graph. */
  isInput(name: string): boolean
  /** The scope of a node of the unit. Inputs that the unit itself computes are undefined. */
  scopeOf(node: AnyNode): LoweringScope
  value(name: string): Value
  type(name: string): ValueType
}

/** The kernel of a unit. */
export interface KernelName {
  /** Its name, for explanations. */
  readonly kernel: string
  /** The reason against a faster kernel. */
  readonly reason?: string
  /** A sentence on its choice among several. */
  readonly choice?: string
}

export interface Lowered extends KernelName {
  /** The node's output. */
  readonly buffer: Buffer
}

export type Lowering<Op extends OpName> = (node: NodeOf<Op>, scope: LoweringScope) => Lowered

/** A tensor that type inference has already required. */
export function requireTensor(node: AnyNode, { tensor }: LoweringScope, role: string): GraphTensor {
  const found = tensor(role)
  if (!found) throw new GraphError({ node: node.name, what: `Node '${node.name}' (${node.op}) lacks its tensor '${role}'.` })
  return found
}

export function floatTensor(node: AnyNode, scope: LoweringScope, role: string): Float32Array {
  const tensor = requireTensor(node, scope, role)
  if (tensor.dtype === 'float32') return tensor.data
  throw new GraphError({ node: node.name, what: `Node '${node.name}' (${node.op}) needs float32 as its '${role}'.` })
}

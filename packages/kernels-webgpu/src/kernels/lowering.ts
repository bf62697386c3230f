/** What a lowering, the translation of one node to kernels, is given and gives back. */
import { type AnyNode, GraphError, type GraphTensor, type NodeOf, type OpName, type ValueType } from '@onebit/core'
import type { RealLayer } from '@onebit/core/compile'
import type { Buffer } from '../program/buffer.ts'
import type { Value } from '../program/value.ts'
import type { TileChooser } from './choose-tile.ts'
import type { ProgramBuilder } from './program-builder.ts'

/** What is known where a node is lowered. */
export interface LoweringScope {
  readonly builder: ProgramBuilder
  readonly inputs: readonly Value[]
  /** The type of the node's output. */
  readonly type: ValueType
  /** The node's tensor of a role, if it has one. */
  tensor(role: string): GraphTensor | undefined
}

/** A real layer, or its sums alone. */
export type AnyRealLayer = Pick<RealLayer, 'convolution'> & Partial<RealLayer>

/** How real layers compute, where the caller has a choice that changes results: see `WebgpuOptions`. */
export interface Variants {
  readonly stem: 'float32' | 'int8'
  readonly weights: 'float32' | 'float16'
}

/** What the graph's arithmetic asks for. */
export const EXACT: Variants = { stem: 'float32', weights: 'float32' }

/** What is known where a unit of several nodes is lowered. */
export interface UnitScope {
  readonly builder: ProgramBuilder
  readonly tiles: TileChooser
  readonly variants: Variants
  /** Whether a value is an input of the graph. */
  isInput(name: string): boolean
  /** That of one of its nodes. Inputs that the unit itself computes are undefined. */
  scopeOf(node: AnyNode): LoweringScope
  value(name: string): Value
  type(name: string): ValueType
}

/** What runs a unit. */
export interface KernelName {
  /** For explanations. */
  readonly kernel: string
  /** Why a faster kernel does not run. */
  readonly reason?: string
  /** How it was chosen among several. */
  readonly choice?: string
}

export interface Lowered extends KernelName {
  /** Where the node's output is. */
  readonly buffer: Buffer
}

export type Lowering<Op extends OpName> = (node: NodeOf<Op>, scope: LoweringScope) => Lowered

/** The tensor that inference has already asked for. */
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

/** Arguments and results of a lowering, which translates one node to kernel calls. */
import { type AnyNode, GraphError, type GraphTensor, type NodeOf, type OpName, type ValueType } from '@onebit/core'
import type { Tiles } from '../loading/choose-tile.ts'
import type { Buffer } from '../program/buffer.ts'
import type { ProgramBuilder } from '../program/program-builder.ts'
import { panelBytes, type Value, valueBytes } from '../program/value.ts'

/** Arithmetic of convolutions of a graph input: see `WasmOptions.stem`. */
export type StemArithmetic = 'float32' | 'int16' | 'int8'

/** Conditions for a convolution in integers. */
export interface IntegerStem {
  readonly arithmetic: Exclude<StemArithmetic, 'float32'>
  /** True if the module has dot products of 8-bit lanes. */
  readonly hasDots8: boolean
  /** True if the node reads an input of the graph. */
  readonly readsInput: boolean
}

/** The scope of one node in a lowering. */
export interface LoweringScope {
  readonly builder: ProgramBuilder
  readonly inputs: readonly Value[]
  /** The type of the node's output. */
  readonly type: ValueType
  /** Tiles of the table kernel, widest first. Empty for the popcount kernel. */
  readonly tiles: Tiles
  /** True if the node must write its bits as a panel. */
  readonly makesPanel?: boolean
  /** Present if a convolution may compute in integers. */
  readonly stem?: IntegerStem
  /** The node's tensor of a role, if it has one. */
  tensor(role: string): GraphTensor | undefined
}

/** The scope of a unit of several nodes in a lowering. */
export interface UnitScope {
  readonly builder: ProgramBuilder
  /** The scope of one of its nodes. Inputs that the unit itself computes are undefined. */
  scopeOf(node: AnyNode): LoweringScope
  value(name: string): Value
  type(name: string): ValueType
  /** A node's tensor of a role, if it has one. */
  tensor(node: AnyNode, role: string): GraphTensor | undefined
}

/** The kernel of a layer. */
export interface LayerKernel {
  /** The name in explanations. */
  readonly kernel: string
  /** The reason why a faster kernel does not run. */
  readonly reason?: string
  /** True if the trial at start-up, or an option instead of it, decided on the kernel. */
  readonly isChosen?: boolean
}

export interface Lowered extends LayerKernel {
  /** The node's output. */
  readonly buffer: Buffer
}

export type Lowering<Op extends OpName> = (node: NodeOf<Op>, context: LoweringScope) => Lowered

/** A buffer for the node's output. */
export function outputBuffer({ builder, type, makesPanel }: LoweringScope): Buffer {
  return builder.allocate(makesPanel ? panelBytes(type) : valueBytes(type))
}

/** A tensor that inference has already required. */
export function requireTensor(node: AnyNode, { tensor }: LoweringScope, role: string): GraphTensor {
  const found = tensor(role)
  if (!found) throw new GraphError({ node: node.name, what: `Node '${node.name}' (${node.op}) lacks its tensor '${role}'.` })
  return found
}

export function floatTensor(node: AnyNode, context: LoweringScope, role: string): Float32Array {
  const tensor = requireTensor(node, context, role)
  if (tensor.dtype === 'float32') return tensor.data
  throw new GraphError({ node: node.name, what: `Node '${node.name}' (${node.op}) needs float32 as its '${role}'.` })
}

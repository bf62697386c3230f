/** What a lowering, the translation of one node to kernel calls, is given and gives back. */
import { type AnyNode, GraphError, type GraphTensor, type NodeOf, type OpName, type ValueType } from '@onebit/core'
import type { Tiles } from '../loading/choose-tile.ts'
import type { Buffer } from '../program/buffer.ts'
import type { ProgramBuilder } from '../program/program-builder.ts'
import { panelBytes, type Value, valueBytes } from '../program/value.ts'

/** How convolutions of a graph input compute: see `WasmOptions.stem`. */
export type StemArithmetic = 'float32' | 'int16' | 'int8'

/** How a convolution computes in integers, where it may. */
export interface IntegerStem {
  readonly arithmetic: Exclude<StemArithmetic, 'float32'>
  /** Whether the module has dot products of 8-bit lanes. */
  readonly hasDots8: boolean
  /** Whether the node reads an input of the graph. */
  readonly readsInput: boolean
}

/** What is known where a node is lowered. */
export interface LoweringScope {
  readonly builder: ProgramBuilder
  readonly inputs: readonly Value[]
  /** The type of the node's output. */
  readonly type: ValueType
  /** Tiles of the table kernel to use, widest first; none for the popcount kernel. */
  readonly tiles: Tiles
  /** Whether the node's bits are to lie as a panel. */
  readonly makesPanel?: boolean
  /** Where a convolution may compute in integers. */
  readonly stem?: IntegerStem
  /** The node's tensor of a role, if it has one. */
  tensor(role: string): GraphTensor | undefined
}

/** What is known where a unit of several nodes is lowered. */
export interface UnitScope {
  readonly builder: ProgramBuilder
  /** That of one of its nodes. Inputs that the unit itself computes are undefined. */
  scopeOf(node: AnyNode): LoweringScope
  value(name: string): Value
  type(name: string): ValueType
  /** A node's tensor of a role, if it has one. */
  tensor(node: AnyNode, role: string): GraphTensor | undefined
}

/** What runs a layer. */
export interface LayerKernel {
  /** For explanations. */
  readonly kernel: string
  /** Why a faster kernel does not run. */
  readonly reason?: string
  /** Whether the trial at start-up, or an option in its place, decided on the kernel. */
  readonly isChosen?: boolean
}

export interface Lowered extends LayerKernel {
  /** Where the node's output is. */
  readonly buffer: Buffer
}

export type Lowering<Op extends OpName> = (node: NodeOf<Op>, context: LoweringScope) => Lowered

/** A buffer for the node's output. */
export function outputBuffer({ builder, type, makesPanel }: LoweringScope): Buffer {
  return builder.allocate(makesPanel ? panelBytes(type) : valueBytes(type))
}

/** The tensor that inference has already asked for. */
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

/** Compiles a graph to a program: core's passes, then units, then kernels. */
import type { AnyNode, GraphTensor, TypedGraph, ValueType } from '@onebit/core'
import { explainNodes, type KernelExplanation, mergeAffineThresholds, planUnits } from '@onebit/core/compile'
import type { TileChooser } from '../kernels/choose-tile.ts'
import { lowerUnit } from '../kernels/index.ts'
import { EXACT, type LoweringScope, type UnitScope, type Variants } from '../kernels/lowering.ts'
import { ProgramBuilder } from '../kernels/program-builder.ts'
import type { NamedValue, Program } from '../program/program.ts'
import { type Value, valueWords } from '../program/value.ts'
import type { Arithmetic } from '../shaders/piece.ts'

/** The target of a compilation. */
export interface Target {
  readonly arithmetic: Arithmetic
  readonly tiles: TileChooser
  /** Default: the graph's own arithmetic. */
  readonly variants?: Variants
}

/** The kernels of a layer run every possible follower. */
const canFuse = (): boolean => true

export function compileProgram(typed: TypedGraph, { arithmetic, tiles, variants = EXACT }: Target): Program {
  const merged = mergeAffineThresholds(typed)
  const { graph, types } = merged
  const plan = planUnits(merged, { canFuse })
  const builder = new ProgramBuilder(arithmetic)
  const values = new Map<string, Value>()
  const kernels = new Map<string, KernelExplanation>()
  const type = (name: string): ValueType => types.get(name)!
  const value = (name: string): Value => values.get(name)!
  const scopeOf = (node: AnyNode): LoweringScope => ({
    builder,
    type: type(node.name),
    inputs: node.inputs.map(value),
    tensor: (role): GraphTensor | undefined => graph.tensors.get(node.tensors[role] ?? ''),
  })
  const graphInputs = new Set(graph.inputs.map(({ name }) => name))
  const isInput = (name: string): boolean => graphInputs.has(name)
  const scope: UnitScope = { builder, tiles, variants, isInput, scopeOf, value, type }

  for (const { name } of graph.inputs) {
    values.set(name, { ...type(name), buffer: { kind: 'buffer', words: valueWords(type(name)) } })
  }
  for (const unit of plan.units) {
    builder.beginNode(unit.main)
    const { values: left, kernel, reason, choice } = lowerUnit(unit, scope)
    for (const [name, buffer] of left) values.set(name, { ...type(name), buffer })
    kernels.set(unit.main, { kernel, ...(reason && { reason }), ...(choice && { choice }) })
  }

  const named = (name: string, source: string): NamedValue => ({ name, value: value(source) })
  return {
    declaredInputs: graph.inputs,
    inputs: graph.inputs.map(({ name }) => named(name, name)),
    outputs: graph.outputs.map(({ name, value: source }) => named(name, source)),
    dispatches: builder.dispatches,
    explanations: explainNodes(typed.graph, plan, merged.absorbed, kernels),
  }
}

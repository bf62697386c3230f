/** Translates every unit of a graph to kernel calls of a program. */
import type { AnyNode, GraphTensor, TypedGraph, ValueType } from '@onebit/core'
import { planUnits, type Unit, type UnitPlan } from '@onebit/core/compile'
import type { Tiles } from '../loading/choose-tile.ts'
import { lowerBinaryLayer } from '../lower/binary-layer.ts'
import { lowerNode } from '../lower/index.ts'
import type { LayerKernel, Lowered, LoweringScope, StemArithmetic, UnitScope } from '../lower/lowering.ts'
import { lowerRealLayer } from '../lower/real-layer.ts'
import { lowerRectifier } from '../lower/rectifier.ts'
import type { Buffer } from '../program/buffer.ts'
import type { Constants } from '../program/constants.ts'
import type { NamedValue, Program } from '../program/program.ts'
import { ProgramBuilder } from '../program/program-builder.ts'
import { schedule } from '../program/schedule.ts'
import { type Value, valueBytes } from '../program/value.ts'
import { fusionsOf } from './can-fuse.ts'
import { findPanels } from './panel-layout.ts'

export interface StemOptions {
  readonly arithmetic: StemArithmetic
  /** True if the module has dot products of 8-bit lanes. */
  readonly hasDots8: boolean
}

/** The target of a compilation. */
export interface Target {
  /** Tiles of the table kernel, widest first. Empty for the popcount kernel. */
  readonly tiles: Tiles
  /** Number of threads that share the work of a run. */
  readonly threads: number
  /** Arithmetic of convolutions of a graph input. */
  readonly stem: StemOptions
}

export interface LoweredGraph {
  readonly program: Program
  readonly plan: UnitPlan
  /** The kernel of each unit, by its main node. */
  readonly kernels: ReadonlyMap<string, LayerKernel>
}

/** Adds the kernel calls of one unit. Returns its kernel and its values. */
function lowerUnit(unit: Unit, scope: UnitScope): LayerKernel & { readonly values: ReadonlyMap<string, Buffer> } {
  const withValue = (lowered: Lowered) => ({ ...lowered, values: new Map([[unit.values[0], lowered.buffer]]) })
  switch (unit.kind) {
    case 'binary-layer':
      return lowerBinaryLayer(unit.layer, scope)
    case 'real-layer':
      return withValue(lowerRealLayer(unit.layer, scope))
    case 'rectifier':
      return withValue(lowerRectifier(unit.rectifier, scope))
    case 'node':
      return withValue(lowerNode(unit.node, scope.scopeOf(unit.node)))
  }
}

/**
 * @param samples Number of samples stacked in the graph.
 * @param constants The network's constants so far.
 */
export function lowerUnits(typed: TypedGraph, samples: number, target: Target, constants: Constants): LoweredGraph {
  const { graph, types } = typed
  const { tiles, threads } = target
  const { arithmetic, hasDots8 } = target.stem
  const plan = planUnits(typed, { canFuse: fusionsOf(graph) })
  const panels = tiles.length > 0 ? findPanels(typed, plan) : new Set<string>()
  const builder = new ProgramBuilder(threads, constants)
  const values = new Map<string, Value>()
  const kernels = new Map<string, LayerKernel>()
  const type = (name: string): ValueType => types.get(name)!
  const value = (name: string): Value => values.get(name)!
  const tensor = (node: AnyNode, role: string): GraphTensor | undefined => graph.tensors.get(node.tensors[role] ?? '')
  const graphInputs = new Set(graph.inputs.map(({ name }) => name))
  const stemOf = (node: AnyNode): LoweringScope['stem'] =>
    arithmetic === 'float32' ? undefined : { arithmetic, hasDots8, readsInput: graphInputs.has(node.inputs[0]) }
  const scopeOf = (node: AnyNode): LoweringScope => ({
    builder,
    tiles,
    stem: stemOf(node),
    type: type(node.name),
    inputs: node.inputs.map(value),
    makesPanel: panels.has(node.name),
    tensor: (role) => tensor(node, role),
  })
  const scope: UnitScope = { builder, scopeOf, value, type, tensor }

  for (const { name } of graph.inputs) {
    values.set(name, { ...type(name), buffer: builder.allocate(valueBytes(type(name))) })
  }
  for (const unit of plan.units) {
    builder.beginOperation()
    const { values: left, kernel, reason, isChosen } = lowerUnit(unit, scope)
    for (const [name, buffer] of left) values.set(name, { ...type(name), buffer, isPanel: panels.has(name) })
    kernels.set(unit.main, { kernel, reason, isChosen })
  }

  const named = (name: string, source: string): NamedValue => ({ name, value: value(source) })
  const inputs = graph.inputs.map(({ name }) => named(name, name))
  const outputs = graph.outputs.map(({ name, value: source }) => named(name, source))
  return { program: { samples, inputs, outputs, steps: schedule(builder.pieces, threads) }, plan, kernels }
}

/** Translates a graph to a program: every node to kernel calls. */
import { type AnyNode, type Graph, type GraphTensor, inferTypes, type NodeExplanation, type ValueType } from '@onebit/core'
import type { Tiles } from '../loading/choose-tile.ts'
import type { Lowered, LoweringContext, StemArithmetic } from '../lower/context.ts'
import { lowerFusedLayer } from '../lower/fused-layer.ts'
import { lowerNode } from '../lower/index.ts'
import { lowerRealLayer } from '../lower/real-layer.ts'
import { lowerRectifier } from '../lower/rectifier.ts'
import { type FusedLayer, fuseLayers } from '../passes/fuse-layers.ts'
import { fuseRealLayers, type RealLayer } from '../passes/fuse-real-layers.ts'
import { findPanelValues } from '../passes/panel-values.ts'
import { rectifierNodes } from '../passes/rectifiers.ts'
import type { Constants } from './constants.ts'
import { ProgramBuilder } from './program-builder.ts'
import { type Step, schedule } from './schedule.ts'
import { type Value, valueBytes } from './value.ts'

export interface NamedValue {
  readonly name: string
  readonly value: Value
}

/** Kernel calls from the inputs to the outputs. */
export interface Program {
  /** Samples of a batch that a run takes: the first axis of every value, if there are several. */
  readonly samples: number
  readonly inputs: readonly NamedValue[]
  readonly outputs: readonly NamedValue[]
  readonly steps: readonly Step[]
}

export interface StemOptions {
  readonly arithmetic: StemArithmetic
  /** Whether the module has dot products of 8-bit lanes. */
  readonly hasDots8: boolean
}

/** What every program of a network is made for. */
export interface Target {
  /** Tiles of the table kernel to use, widest first; none for the popcount kernel. */
  readonly tiles: Tiles
  /** How many threads share the work of a run. */
  readonly threads: number
  /** How convolutions of a graph input compute. */
  readonly stem: StemOptions
  /** Those of the network so far. */
  readonly constants: Constants
}

export interface LoweredGraph {
  readonly program: Program
  /** What runs each node that is not part of another. */
  readonly kernels: ReadonlyMap<string, Pick<NodeExplanation, 'kernel' | 'reason'>>
  /** The node with which a node runs. */
  intoOf(node: string): string
}

/** @param samples Those that are stacked in `graph`. */
export function lowerGraph(graph: Graph, samples: number, { tiles, threads, stem, constants }: Target): LoweredGraph {
  const { arithmetic, hasDots8 } = stem
  const types = inferTypes(graph)
  const fused = fuseLayers(graph, types)
  const reals = fuseRealLayers(graph, fused.takes)
  const panels = tiles.length > 0 ? findPanelValues(graph, types, fused) : new Set<string>()
  const builder = new ProgramBuilder(threads, constants)
  const values = new Map<string, Value>()
  const kernels = new Map<string, Pick<NodeExplanation, 'kernel' | 'reason'>>()
  const type = (name: string): ValueType => types.get(name)!
  const value = (name: string): Value => values.get(name)!
  const tensor = (node: AnyNode, role: string): GraphTensor | undefined => graph.tensors.get(node.tensors[role] ?? '')
  const graphInputs = new Set(graph.inputs.map(({ name }) => name))
  const stemOf = (node: AnyNode): LoweringContext['stem'] =>
    arithmetic === 'float32' ? undefined : { arithmetic, hasDots8, readsInput: graphInputs.has(node.inputs[0]) }
  const contextOf = (node: AnyNode): LoweringContext => ({
    builder,
    tiles,
    stem: stemOf(node),
    type: type(node.name),
    inputs: node.inputs.map(value),
    makesPanel: panels.has(node.name),
    tensor: (role) => tensor(node, role),
  })

  /** A node, or the rectifier that ends with it. */
  const lowerAlone = (node: AnyNode): Lowered => {
    const rectifier = fused.rectifiers.get(node.name)
    if (!rectifier) return lowerNode(node, contextOf(node))
    const inputs = rectifierNodes(rectifier)[0].inputs.map(value)
    return lowerRectifier(rectifier, { ...contextOf(node), inputs }, tensor)
  }

  for (const { name } of graph.inputs) {
    values.set(name, { ...type(name), buffer: builder.allocate(valueBytes(type(name))) })
  }
  for (const node of graph.nodes) {
    const layer = fused.layers.get(node.name)
    builder.beginOperation()
    if (layer) {
      const lowered = lowerFusedLayer(layer, { builder, tiles, value, type, tensor, makesPanel: (name) => panels.has(name) })
      for (const [name, buffer] of lowered.values) values.set(name, { ...type(name), buffer, isPanel: panels.has(name) })
      kernels.set(layer.convolution.name, { kernel: lowered.kernel })
    } else if (!fused.absorbed.has(node.name) && !reals.absorbed.has(node.name)) {
      const real = reals.layers.get(node.name)
      const { buffer, kernel, reason } = real ? lowerRealLayer(real, contextOf) : lowerAlone(node)
      values.set(node.name, { ...type(node.name), buffer, isPanel: panels.has(node.name) })
      kernels.set(real?.convolution.name ?? node.name, { kernel, ...(reason && { reason }) })
    }
  }

  const layers = new Map<string, FusedLayer | RealLayer>([...fused.layers, ...reals.layers])
  const absorbed = new Map([...fused.absorbed, ...reals.absorbed])
  const intoOf = (name: string): string => {
    const into = absorbed.get(name) ?? name
    return layers.get(into)?.convolution.name ?? into
  }
  const named = (name: string, source: string): NamedValue => ({ name, value: value(source) })
  const inputs = graph.inputs.map(({ name }) => named(name, name))
  const outputs = graph.outputs.map(({ name, value: source }) => named(name, source))
  return {
    program: { samples, inputs, outputs, steps: schedule(builder.pieces, threads) },
    kernels,
    intoOf,
  }
}

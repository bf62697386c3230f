/** Compiles a graph: every node to kernel calls, every buffer to an address. */
import { type AnyNode, type Graph, type GraphTensor, inferTypes, type NodeExplanation, type ValueType } from '@onebit/core'
import { DEFAULT_TILES, type Tiles } from '../loading/choose-tile.ts'
import type { Lowered, LoweringContext, StemArithmetic } from '../lower/context.ts'
import { lowerFusedLayer } from '../lower/fused-layer.ts'
import { lowerNode } from '../lower/index.ts'
import { lowerRealLayer } from '../lower/real-layer.ts'
import { lowerRectifier } from '../lower/rectifier.ts'
import { foldAffineThresholds } from '../passes/fold-affine-thresholds.ts'
import { type FusedLayer, fuseLayers } from '../passes/fuse-layers.ts'
import { fuseRealLayers, type RealLayer } from '../passes/fuse-real-layers.ts'
import { findPanelValues } from '../passes/panel-values.ts'
import { rectifierNodes } from '../passes/rectifiers.ts'
import { type MemoryPlan, planMemory } from './plan-memory.ts'
import { type Buffer, ProgramBuilder } from './program-builder.ts'
import { type Step, schedule } from './schedule.ts'
import { type Value, valueBytes } from './value.ts'

export interface NamedValue {
  readonly name: string
  readonly value: Value
}

export interface Program {
  /** Names and shapes that `run` has to be given. */
  readonly declaredInputs: Graph['inputs']
  readonly inputs: readonly NamedValue[]
  readonly outputs: readonly NamedValue[]
  readonly constants: readonly Buffer[]
  /** How many share the work of a run. */
  readonly threads: number
  readonly steps: readonly Step[]
  readonly memory: MemoryPlan
  readonly explanations: readonly NodeExplanation[]
}

export interface StemOptions {
  readonly arithmetic: StemArithmetic
  /** Whether the module has dot products of 8-bit lanes. */
  readonly hasDots8: boolean
}

/**
 * @param tiles Tiles of the table kernel to use, widest first; none for the popcount kernel.
 * @param threads How many threads share the work of a run.
 * @param stem How convolutions of a graph input compute.
 * @throws GraphError on an invalid graph.
 */
export function compileGraph(
  original: Graph,
  tiles: Tiles = DEFAULT_TILES,
  threads = 1,
  { arithmetic, hasDots8 }: StemOptions = { arithmetic: 'float32', hasDots8: false },
): Program {
  const types = inferTypes(original)
  const folded = foldAffineThresholds(original)
  const { graph } = folded
  const fused = fuseLayers(graph, types)
  const reals = fuseRealLayers(graph, fused.takes)
  const panels = tiles.length > 0 ? findPanelValues(graph, types, fused) : new Set<string>()
  const builder = new ProgramBuilder(threads)
  const values = new Map<string, Value>()
  const explained = new Map<string, Omit<NodeExplanation, 'node' | 'op'>>()
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
      explained.set(layer.convolution.name, { kernel: lowered.kernel })
    } else if (!fused.absorbed.has(node.name) && !reals.absorbed.has(node.name)) {
      const real = reals.layers.get(node.name)
      const { buffer, kernel, reason } = real ? lowerRealLayer(real, contextOf) : lowerAlone(node)
      values.set(node.name, { ...type(node.name), buffer, isPanel: panels.has(node.name) })
      explained.set(real?.convolution.name ?? node.name, { kernel, ...(reason && { reason }) })
    }
  }

  const layers = new Map<string, FusedLayer | RealLayer>([...fused.layers, ...reals.layers])
  const absorbed = new Map([...fused.absorbed, ...reals.absorbed])
  const intoOf = (name: string): string => {
    const into = absorbed.get(name) ?? name
    return layers.get(into)?.convolution.name ?? into
  }
  const explanations = original.nodes.map(({ name, op }) => {
    const into = intoOf(folded.absorbed.get(name) ?? name)
    return { node: name, op, ...(explained.get(name) ?? { kernel: `fused into ${into}` }) }
  })
  const named = (name: string, source: string): NamedValue => ({ name, value: value(source) })
  const inputs = graph.inputs.map(({ name }) => named(name, name))
  const outputs = graph.outputs.map(({ name, value: source }) => named(name, source))
  const { constants } = builder
  const steps = schedule(builder.pieces, threads)
  const buffers = (list: readonly NamedValue[]): Buffer[] => list.map((entry) => entry.value.buffer)
  const memory = planMemory(constants, steps, buffers(inputs), buffers(outputs))
  return { declaredInputs: graph.inputs, inputs, outputs, constants, threads, steps, memory, explanations }
}

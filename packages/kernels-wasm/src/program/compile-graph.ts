/** Compiles a graph: every node to kernel calls, every buffer to an address. */
import { type AnyNode, type Graph, type GraphTensor, inferTypes, type NodeExplanation, type ValueType } from '@onebit/core'
import { DEFAULT_TILES, type Tiles } from '../loading/choose-tile.ts'
import { lowerFusedLayer } from '../lower/fused-layer.ts'
import { lowerNode } from '../lower/index.ts'
import { lowerRectifier } from '../lower/rectifier.ts'
import { foldAffineThresholds } from '../passes/fold-affine-thresholds.ts'
import { fuseLayers } from '../passes/fuse-layers.ts'
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

/**
 * @param tiles Tiles of the table kernel to use, widest first; none for the popcount kernel.
 * @param threads How many threads share the work of a run.
 * @throws GraphError on an invalid graph.
 */
export function compileGraph(original: Graph, tiles: Tiles = DEFAULT_TILES, threads = 1): Program {
  const types = inferTypes(original)
  const folded = foldAffineThresholds(original)
  const { graph } = folded
  const fused = fuseLayers(graph, types)
  const builder = new ProgramBuilder(threads)
  const values = new Map<string, Value>()
  const explained = new Map<string, Omit<NodeExplanation, 'node' | 'op'>>()
  const type = (name: string): ValueType => types.get(name)!
  const value = (name: string): Value => values.get(name)!
  const tensor = (node: AnyNode, role: string): GraphTensor | undefined => graph.tensors.get(node.tensors[role] ?? '')

  for (const { name } of graph.inputs) {
    values.set(name, { ...type(name), buffer: builder.allocate(valueBytes(type(name))) })
  }
  for (const node of graph.nodes) {
    const layer = fused.layers.get(node.name)
    builder.beginOperation()
    if (layer) {
      const lowered = lowerFusedLayer(layer, { builder, tiles, value, type, tensor })
      for (const [name, buffer] of lowered.values) values.set(name, { ...type(name), buffer })
      explained.set(layer.convolution.name, { kernel: lowered.kernel })
    } else if (!fused.absorbed.has(node.name)) {
      const rectifier = fused.rectifiers.get(node.name)
      const inputs = (rectifier ? rectifierNodes(rectifier)[0] : node).inputs.map(value)
      const context = { builder, tiles, type: type(node.name), inputs, tensor: (role: string) => tensor(node, role) }
      const lowered = rectifier ? lowerRectifier(rectifier, context, tensor) : lowerNode(node, context)
      const { buffer, kernel, reason } = lowered
      values.set(node.name, { ...type(node.name), buffer })
      explained.set(node.name, { kernel, ...(reason && { reason }) })
    }
  }

  const intoOf = (name: string): string => {
    const into = fused.absorbed.get(name) ?? name
    return fused.layers.get(into)?.convolution.name ?? into
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

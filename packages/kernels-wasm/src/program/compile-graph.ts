/** Compiles a graph: every node to kernel calls, every buffer to an address. */
import { type AnyNode, type Graph, type GraphTensor, inferTypes, type NodeExplanation } from '@onebit/core'
import { lowerNode } from '../lower/index.ts'
import { type MemoryPlan, planMemory } from './plan-memory.ts'
import { type Buffer, ProgramBuilder, type Step } from './program-builder.ts'
import { type Value, valueBytes } from './value.ts'

export interface NamedValue {
  readonly name: string
  readonly value: Value
}

export interface Program {
  readonly inputs: readonly NamedValue[]
  readonly outputs: readonly NamedValue[]
  readonly constants: readonly Buffer[]
  readonly steps: readonly Step[]
  readonly memory: MemoryPlan
  readonly explanations: readonly NodeExplanation[]
}

/**
 * @throws GraphError on an invalid graph.
 */
export function compileGraph(graph: Graph): Program {
  const types = inferTypes(graph)
  const builder = new ProgramBuilder()
  const values = new Map<string, Value>()
  for (const { name } of graph.inputs) {
    const type = types.get(name)!
    values.set(name, { ...type, buffer: builder.allocate(valueBytes(type)) })
  }
  const explanations = graph.nodes.map((node) => {
    const type = types.get(node.name)!
    const { buffer, kernel, reason } = lowerNode(node, {
      builder,
      type,
      inputs: node.inputs.map((name) => values.get(name)!),
      tensor: (role) => tensorOf(graph, node, role),
    })
    values.set(node.name, { ...type, buffer })
    return { node: node.name, op: node.op, kernel, ...(reason && { reason }) }
  })
  const named = (name: string, value: string): NamedValue => ({ name, value: values.get(value)! })
  const inputs = graph.inputs.map(({ name }) => named(name, name))
  const outputs = graph.outputs.map(({ name, value }) => named(name, value))
  const { constants, steps } = builder
  const buffers = (list: readonly NamedValue[]): Buffer[] => list.map(({ value }) => value.buffer)
  const memory = planMemory(constants, steps, buffers(inputs), buffers(outputs))
  return { inputs, outputs, constants, steps, memory, explanations }
}

function tensorOf(graph: Graph, node: AnyNode, role: string): GraphTensor | undefined {
  return graph.tensors.get(node.tensors[role] ?? '')
}

/** The costs of a graph: parameters, memory, operations, file. All for one input, a batch of one. */
import type { Graph } from '../graph/graph.ts'
import { inferTypes } from '../graph/infer-types.ts'
import { modelFileSize } from '../model-file/write-model.ts'
import { type MultiplyAccumulates, type NodeCost, nodeCost, valueBytes } from '../work/node-cost.ts'
import { peakActivationBytes } from '../work/peak-activations.ts'
import { type Convention, checkConvention, type Operations, operations, STANDARD_CONVENTION } from './conventions.ts'

export interface TotalCost extends Operations {
  readonly parameters: { readonly binary: number; readonly real: number }
  readonly macs: MultiplyAccumulates
  /** Size of all parameters in bits, each at its own precision. */
  readonly memoryBits: number
  /** Size of all parameters in bits, if each were float32. */
  readonly floatMemoryBits: number
  /** `floatMemoryBits / memoryBits`; 1 for a graph without parameters. */
  readonly compression: number
  /** Operations, if every multiply-accumulate were real. */
  readonly floatOps: number
  /** `floatOps / ops`; 1 for a graph without operations. */
  readonly speedup: number
  /** Bytes of all values, bits packed. A run that frees nothing holds this much. */
  readonly activationBytes: number
  /** Most bytes of values alive at once, if each is freed after its last use. */
  readonly peakActivationBytes: number
  /** Bytes of the model file. */
  readonly fileBytes: number
}

export interface Cost {
  /** Name of the convention of `bops`, `flops` and `ops`. */
  readonly convention: string
  /** In execution order. */
  readonly nodes: readonly (NodeCost & Operations)[]
  readonly total: TotalCost
}

function sum(costs: readonly NodeCost[], of: (cost: NodeCost) => number): number {
  return costs.reduce((total, cost) => total + of(cost), 0)
}

/**
 * @throws GraphError if the graph is invalid.
 */
export function costOf(graph: Graph, convention: Convention = STANDARD_CONVENTION): Cost {
  checkConvention(convention)
  const types = inferTypes(graph)
  const seen = new Set<string>()
  const nodes = graph.nodes.map((node) => {
    const tensors = Object.fromEntries(Object.entries(node.tensors).map(([role, name]) => [role, graph.tensors.get(name)!]))
    const inputs = node.inputs.map((name) => types.get(name)!)
    const cost = nodeCost(node, inputs, types.get(node.name)!, tensors, (name) => !seen.has(name))
    for (const name of Object.values(node.tensors)) seen.add(name)
    return cost
  })
  const parameters = { binary: sum(nodes, (cost) => cost.parameters.binary), real: sum(nodes, (cost) => cost.parameters.real) }
  const memoryBits = sum(nodes, (cost) => cost.memoryBits)
  const floatMemoryBits = 32 * (parameters.binary + parameters.real)
  const counted = operations(convention, nodes)
  const asFloat = nodes.map((cost) => ({
    ...cost,
    macs: { binary: 0, mixed: 0, real: cost.macs.binary + cost.macs.mixed + cost.macs.real },
  }))
  const floatOps = operations(convention, asFloat).ops
  return {
    convention: convention.name,
    nodes: nodes.map((cost) => ({ ...cost, ...operations(convention, [cost]) })),
    total: {
      ...counted,
      parameters,
      macs: {
        binary: sum(nodes, (cost) => cost.macs.binary),
        mixed: sum(nodes, (cost) => cost.macs.mixed),
        real: sum(nodes, (cost) => cost.macs.real),
      },
      memoryBits,
      floatMemoryBits,
      compression: memoryBits === 0 ? 1 : floatMemoryBits / memoryBits,
      floatOps,
      speedup: counted.ops === 0 ? 1 : floatOps / counted.ops,
      activationBytes: [...types.values()].reduce((total, type) => total + valueBytes(type), 0),
      peakActivationBytes: peakActivationBytes(graph, types),
      fileBytes: modelFileSize(graph),
    },
  }
}

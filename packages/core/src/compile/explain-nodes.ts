/** What an executable tells of every node, from what a backend knows of every unit. */
import type { NodeExplanation } from '../contracts/kernel-backend.ts'
import type { Graph } from '../graph/graph.ts'
import type { UnitPlan } from './plan-units.ts'

/** Which kernel runs a unit, and what is to be said of it. */
export type KernelExplanation = Omit<NodeExplanation, 'node' | 'op'>

/**
 * One entry a node, in the order of the graph.
 * @param graph As it was given to the backend.
 * @param mergedInto Nodes that a pass merged into others before the units were planned, with the one that took each in.
 * @param kernels What runs each unit, by its `main` node.
 */
export function explainNodes(
  graph: Graph,
  { unitOf }: Pick<UnitPlan, 'unitOf'>,
  mergedInto: ReadonlyMap<string, string>,
  kernels: ReadonlyMap<string, KernelExplanation>,
): NodeExplanation[] {
  return graph.nodes.map(({ name, op }) => {
    const { main } = unitOf(mergedInto.get(name) ?? name)
    return { node: name, op, ...(name === main ? kernels.get(main)! : { kernel: `fused into ${main}` }) }
  })
}

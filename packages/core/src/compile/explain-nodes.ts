/** Explains every node of an executable from the explanations of a backend's units. */
import type { NodeExplanation } from '../contracts/kernel-backend.ts'
import type { Graph } from '../graph/graph.ts'
import type { UnitPlan } from './plan-units.ts'

/** The kernel that runs a unit, and remarks on it. */
export type KernelExplanation = Omit<NodeExplanation, 'node' | 'op'>

/**
 * One entry per node, in the order of the graph.
 * @param graph The graph that the caller gave to the backend.
 * @param mergedInto Maps each node that a pass merged away before planning to the node that absorbed it.
 * @param kernels The kernel of each unit, by its `main` node.
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

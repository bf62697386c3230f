/** Explains every node of an executable from the explanations of a backend's units. */
import type { NodeExplanation } from '../contracts/kernel-backend.ts'
import { GraphError } from '../errors.ts'
import { checkGraphForm } from '../graph/check-form.ts'
import type { Graph } from '../graph/graph.ts'
import { checkArguments } from '../options/check-options.ts'
import { callback, object, rule } from '../options/value-rules.ts'
import { tagOf } from '../platform/realms.ts'
import type { UnitPlan } from './plan-units.ts'

/** The kernel that runs a unit, and remarks on it. */
export type KernelExplanation = Omit<NodeExplanation, 'node' | 'op'>

const map = rule('a Map', (value) => tagOf(value) === 'Map')

/**
 * One entry per node, in the order of the graph.
 * @param graph The graph that the caller gave to the backend.
 * @param mergedInto Maps each node that a pass merged away before planning to the node that absorbed it.
 * @param kernels The kernel of each unit, by its `main` node.
 * @throws GraphError on a node of no unit, and on a unit without a kernel.
 */
export function explainNodes(
  graph: Graph,
  plan: Pick<UnitPlan, 'unitOf'>,
  mergedInto: ReadonlyMap<string, string>,
  kernels: ReadonlyMap<string, KernelExplanation>,
): NodeExplanation[] {
  checkGraphForm(graph)
  checkArguments('explainNodes()', {
    plan: [plan, object({ unitOf: callback })],
    mergedInto: [mergedInto, map],
    kernels: [kernels, map],
  })
  return graph.nodes.map(({ name, op }) => {
    const main = plan.unitOf(mergedInto.get(name) ?? name)?.main
    if (main !== name && main !== undefined) return { node: name, op, kernel: `fused into ${main}` }
    const kernel = main === undefined ? undefined : kernels.get(main)
    if (kernel) return { node: name, op, ...kernel }
    throw new GraphError({ node: name, what: `Nothing is known of the kernel of node '${name}' (${op}).` })
  })
}

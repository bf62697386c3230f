import type { AnyNode } from '../graph/graph.ts'

/**
 * A backend returns true if a node may run together with others in one unit. The planner first asks about a convolution or dense layer,
 * then about each node that would follow its sums, and about the nodes of a rectifier.
 */
export type CanFuse = (node: AnyNode) => boolean

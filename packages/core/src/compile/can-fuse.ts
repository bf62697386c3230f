import type { AnyNode } from '../graph/graph.ts'

/**
 * A backend's answer to whether a node may run together with others in one unit. It is asked of a convolution or dense layer first, then of
 * each node that would follow its sums, and of the nodes of a rectifier.
 */
export type CanFuse = (node: AnyNode) => boolean

/**
 * PReLU and RPReLU. An RPReLU (Liu et al., "ReActNet", section 4.2, arXiv 2003.03488) shifts before and after a PReLU. Graphs hold it as
 * affine, prelu, affine, which would be three passes over memory. One is enough.
 */
import type { AnyNode, GraphTensor, NodeOf } from '../graph/graph.ts'
import type { TypedGraph } from '../graph/typed-graph.ts'
import type { CanFuse } from './can-fuse.ts'
import type { Consumers } from './consumers.ts'

export interface Rectifier {
  readonly before?: NodeOf<'affine'>
  readonly prelu: NodeOf<'prelu'>
  readonly after?: NodeOf<'affine'>
}

/** The nodes of a rectifier in order. */
export function rectifierNodes({ before, prelu, after }: Rectifier): NodeOf<'affine' | 'prelu'>[] {
  return [before, prelu, after].filter((node) => node !== undefined)
}

/** An affine that scales by 1. */
function asShift(node: AnyNode | undefined, tensors: ReadonlyMap<string, GraphTensor>): NodeOf<'affine'> | undefined {
  if (node?.op !== 'affine') return undefined
  return tensors.get(node.tensors.scale)!.data.every((scale) => scale === 1) ? node : undefined
}

/** The rectifier that is the only reader of a value, if there is one and nothing else reads its inner values. */
export function rectifierOf(
  consumers: Consumers,
  tensors: ReadonlyMap<string, GraphTensor>,
  value: string,
): Rectifier | undefined {
  const first = consumers.only(value)
  const before = asShift(first, tensors)
  const prelu = before ? consumers.only(before.name) : first
  return prelu?.op === 'prelu' ? { before, prelu, after: asShift(consumers.only(prelu.name), tensors) } : undefined
}

/**
 * Rectifiers of more than a PReLU that belong to no layer. No node is part of two.
 * @param taken Returns true if a node runs as part of a layer.
 */
export function findRectifiers(
  { graph, types }: TypedGraph,
  consumers: Consumers,
  canFuse: CanFuse,
  taken: (node: string) => boolean,
): Rectifier[] {
  const found: Rectifier[] = []
  const parts = new Set<string>()
  for (const { name } of [...graph.inputs, ...graph.nodes]) {
    const rectifier = types.get(name)!.dtype === 'float32' ? rectifierOf(consumers, graph.tensors, name) : undefined
    const nodes = rectifier ? rectifierNodes(rectifier) : []
    if (nodes.length < 2 || nodes.some((node) => taken(node.name) || parts.has(node.name) || !canFuse(node))) continue
    found.push(rectifier!)
    for (const node of nodes) parts.add(node.name)
  }
  return found
}

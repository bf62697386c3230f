/**
 * Runs several samples of a batch as one: every shape gets an axis of samples in front, so that samples are rows of the same layer.
 * Only for networks that compute each row on its own, so results keep every bit.
 */
import type { AnyNode, ValueType } from '../graph/graph.ts'
import type { OpName } from '../graph/ops/index.ts'
import { checkTypedGraph, type TypedGraph } from '../graph/typed-graph.ts'
import { checkArgument } from '../options/check-options.ts'
import { integer } from '../options/value-rules.ts'

/** Facts about values that stacking a node needs. */
interface Stacking {
  readonly samples: number
  /** Number of axes of a value in the original graph. */
  rank(value: string): number
  /** True if a value is the same for all samples. */
  shared(value: string): boolean
}

/** Ops that work along the last axis or on each value alone. They stay the same for any number of rows. */
const ROW_WISE: ReadonlySet<OpName> = new Set<OpName>([
  'dense',
  'binaryDense',
  'threshold',
  'toFloat',
  'affine',
  'prelu',
  'activation',
  'clip',
  'softmax',
])

/** The node on stacked samples. Undefined unless its op is known to keep samples apart. */
function stackNode(node: AnyNode, { samples, rank, shared }: Stacking): AnyNode | undefined {
  if (ROW_WISE.has(node.op)) return node
  switch (node.op) {
    case 'add':
    case 'multiply':
      // Broadcasting aligns the last axes. With fewer axes, another axis would meet the axis of samples.
      return node.inputs.every((input) => shared(input) || rank(input) === rank(node.name)) ? node : undefined
    case 'reshape':
      return { ...node, attributes: { shape: [samples, ...node.attributes.shape] } }
    case 'concat':
      return node.inputs.some(shared) ? undefined : { ...node, attributes: { axis: node.attributes.axis + 1 } }
    case 'slice': {
      const { begin, size } = node.attributes
      return { ...node, attributes: { begin: [0, ...begin], size: [samples, ...size] } }
    }
    default:
      return undefined
  }
}

/**
 * The graph on `samples` samples at once. Undefined if it has anything besides dense layers and ops that go row by row.
 * @throws GraphError on what is no graph with its types; OptionError on less than one sample.
 */
export function batchSamples(typed: TypedGraph, samples: number): TypedGraph | undefined {
  checkTypedGraph(typed)
  checkArgument('batchSamples()', 'samples', samples, integer({ minimum: 1 }))
  const { graph, types } = typed
  const same = new Set<string>()
  const stacking: Stacking = {
    samples,
    rank: (value) => types.get(value)!.shape.length,
    shared: (value) => same.has(value),
  }
  const nodes: AnyNode[] = []
  for (const node of graph.nodes) {
    const shared = node.inputs.every(stacking.shared)
    if (shared) same.add(node.name)
    const stacked = shared ? node : stackNode(node, stacking)
    // A scalar's last axis would be the axis of samples, and ops would take it for channels.
    if (!stacked || (!shared && stacking.rank(node.name) === 0)) return undefined
    nodes.push(stacked)
  }
  if (graph.outputs.some(({ value }) => stacking.shared(value))) return undefined
  if (graph.inputs.some(({ shape }) => shape.length === 0)) return undefined
  const inputs = graph.inputs.map((input) => ({ ...input, shape: [samples, ...input.shape] }))
  const stackedType = (name: string, type: ValueType): ValueType =>
    same.has(name) ? type : { ...type, shape: [samples, ...type.shape] }
  const stackedTypes = new Map(Array.from(types, ([name, type]) => [name, stackedType(name, type)]))
  return { graph: { ...graph, nodes, inputs }, types: stackedTypes }
}

/**
 * Networks of dense layers on several samples of a batch at once: every shape gets an axis of samples in front, so that samples are rows
 * of the same layer. Rows share the loads of weights, binary ones are counted in pairs, and kernels are called once for all. A row is
 * computed as if it were alone, so results keep every bit.
 */
import { type AnyNode, elementCount, type Graph, type OpName, type ValueType } from '@onebit/core'
import { channelsOf, rowsOf } from '../program/value.ts'

export interface StackedGraph {
  /** How many; one where `graph` is the graph as it was. */
  readonly samples: number
  readonly graph: Graph
  /** How many share the work: one where there is too little. */
  readonly threads: number
}

/** What a node is asked about. */
interface Stacking {
  readonly samples: number
  /** Axes of a value of the graph as it is. */
  rank(value: string): number
  /** Whether a value is the same for all samples. */
  shared(value: string): boolean
}

/** Ops along the last axis, or on every value alone: rows are rows, however many there are. */
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

/** The node on stacked samples, or undefined where an op mixes them or is not known not to. */
function stackNode(node: AnyNode, { samples, rank, shared }: Stacking): AnyNode | undefined {
  if (ROW_WISE.has(node.op)) return node
  switch (node.op) {
    case 'add':
    case 'multiply':
      // Shapes are aligned at their ends: one of fewer axes would meet the axis of samples with another.
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

function stack(graph: Graph, types: ReadonlyMap<string, ValueType>, samples: number): Graph | undefined {
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
    // The axis of samples would be the last one of a scalar, and be taken for its channels.
    if (!stacked || (!shared && stacking.rank(node.name) === 0)) return undefined
    nodes.push(stacked)
  }
  if (graph.outputs.some(({ value }) => stacking.shared(value))) return undefined
  if (graph.inputs.some(({ shape }) => shape.length === 0)) return undefined
  return { ...graph, nodes, inputs: graph.inputs.map((input) => ({ ...input, shape: [samples, ...input.shape] })) }
}

/** Rows of a dense layer that each thread gets. More are hardly faster and take more memory. */
const ROWS = 16
/** Real products that take some 300 microseconds: waking threads for less, and waiting for their answers, takes longer than they spare. */
const WORTH_SHARING = 2 ** 23
/** Binary products that take as long as a real one. */
const BINARY_SPEED = 16

/**
 * The graph on several samples, on half as many and so on, for what is left of a batch, down to the graph itself. Only itself where it is
 * more than dense layers and what goes row by row, or where the dense layers of one sample have rows enough.
 */
export function stackSamples(graph: Graph, types: ReadonlyMap<string, ValueType>, threads: number): StackedGraph[] {
  let rows = 0
  let work = 0
  for (const { op, name, inputs } of graph.nodes) {
    if (op !== 'dense' && op !== 'binaryDense') continue
    const products = elementCount(types.get(name)!.shape) * channelsOf(types.get(inputs[0])!)
    rows = Math.max(rows, rowsOf(types.get(name)!))
    work += op === 'dense' ? products : products / BINARY_SPEED
  }
  const stacked: StackedGraph[] = []
  for (let samples = rows && Math.floor((ROWS * threads) / rows); samples > 1; samples >>= 1) {
    const graphOfMore = stack(graph, types, samples)
    if (!graphOfMore) break
    stacked.push({ samples, graph: graphOfMore, threads: samples * work < WORTH_SHARING ? 1 : threads })
  }
  const little = stacked.length > 0 && work < WORTH_SHARING
  return [...stacked, { samples: 1, graph, threads: little ? 1 : threads }]
}

/**
 * A graph as compact JSON:
 *
 *     { "inputs":   [["image", [28, 28, 1]]],
 *       "nodes":    [["conv1", "conv2d", { "padding": [1, 1, 1, 1] }], ...],
 *       "outputs":  [["scores", "softmax1"]],
 *       "bits":     { "conv1.weights": [64, 3, 3, 3] },
 *       "metadata": { "task": "classify" } }
 *
 * The third part of a node holds its attributes, and `inputs` and `tensors` beside them (no attribute has these names). The writer leaves
 * out everything that a reader can infer: attributes equal to the op's default; `inputs` that are the previous value; a tensor named
 * `NODE.ROLE`; and the shape of a bit tensor if its last axis fills whole bytes, as the stored shape then tells it. An input of bits has
 * a third part, `"bit"`.
 */
import type { AnyNode, Graph, GraphTensor } from '../graph/graph.ts'
import type { AttributeRule } from '../graph/ops/definition.ts'
import { OPS } from '../graph/ops/index.ts'
import type { Json, JsonObject } from './strict-json.ts'

/** The inputs of a node whose JSON states none. */
export function impliedInputs(node: Pick<AnyNode, 'op'>, previous: string | undefined): readonly string[] {
  return OPS[node.op].inputs.length === 0 || previous === undefined ? [] : [previous]
}

/** The shape under which bits are stored: the last axis in bytes where it fills them, else one flat axis. */
export function storedBitShape({ shape, data }: GraphTensor): readonly number[] {
  const last = shape.at(-1) ?? 1
  return last % 8 === 0 ? [...shape.slice(0, -1), last / 8] : [data.length]
}

/** The logical shape of bits stored under `stored`, unless the graph states another. */
export function impliedBitShape(stored: readonly number[]): readonly number[] {
  return [...stored.slice(0, -1), (stored.at(-1) ?? 1) * 8]
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function nodeToJson(node: AnyNode, previous: string | undefined, tensors: Graph['tensors']): Json {
  const details: Record<string, Json> = {}
  if (!sameJson(node.inputs, impliedInputs(node, previous))) details.inputs = node.inputs
  const rules = OPS[node.op].attributes as Readonly<Record<string, AttributeRule<unknown>>>
  for (const [name, value] of Object.entries(node.attributes)) {
    if (!sameJson(value, rules[name].fallback)) details[name] = value as Json
  }
  const named: Record<string, Json> = {}
  for (const role of Object.keys(OPS[node.op].tensors)) {
    const implied = `${node.name}.${role}`
    const name = node.tensors[role]
    if (name === undefined && tensors.has(implied)) named[role] = null
    else if (name !== undefined && name !== implied) named[role] = name
  }
  if (Object.keys(named).length > 0) details.tensors = named
  return Object.keys(details).length > 0 ? [node.name, node.op, details] : [node.name, node.op]
}

/** The JSON of `graph`, which must be valid and have no unused tensors. */
export function graphToJson(graph: Graph): string {
  let previous = graph.inputs.at(-1)?.name
  const nodes: Json[] = []
  for (const node of graph.nodes) {
    nodes.push(nodeToJson(node, previous, graph.tensors))
    previous = node.name
  }
  const bits: [string, readonly number[]][] = []
  for (const [name, tensor] of graph.tensors) {
    if (tensor.dtype === 'bit' && !sameJson(tensor.shape, impliedBitShape(storedBitShape(tensor))))
      bits.push([name, tensor.shape])
  }
  const document: JsonObject = {
    inputs: graph.inputs.map(({ name, shape, dtype }) => (dtype === 'bit' ? [name, shape, dtype] : [name, shape])),
    nodes,
    outputs: graph.outputs.map(({ name, value }) => [name, value]),
    ...(bits.length > 0 && { bits: Object.fromEntries(bits) }),
    ...(Object.keys(graph.metadata).length > 0 && { metadata: graph.metadata }),
  }
  return JSON.stringify(document)
}

/** The nodes of a tf.GraphModel, as listed in its model.json. */
import { rules } from '@onebit/core'

export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
}

/** `Identity:0` and `^control` as names of nodes. */
export const nodeName = (reference: string): string => reference.replace(/^\^/, '').replace(/:\d+$/, '')

const { list, object, text } = rules
const artifactsRule = object({ modelTopology: object({ node: list(object({ name: text, op: text }, { input: list(text) })) }) })

/** TensorFlow.js keeps the artifacts of a loaded model, but no type says so. Without them, there are no known nodes. */
export function nodesOf(model: object): ReadonlyMap<string, GraphNode> {
  const { artifacts } = model as { artifacts?: { modelTopology?: { node?: readonly GraphNode[] } } }
  const nodes = artifactsRule(artifacts) === undefined ? artifacts?.modelTopology?.node : undefined
  return new Map((nodes ?? []).map((node) => [node.name, node]))
}

/** The input of the softmax or sigmoid at the end of an output, seen through identities. */
export function logitsBehind(output: string, nodes: ReadonlyMap<string, GraphNode>): string | undefined {
  let node = nodes.get(nodeName(output))
  for (let steps = 0; node && steps < nodes.size; steps++) {
    const [first] = node.input ?? []
    if (first === undefined) return undefined
    if (node.op === 'Softmax' || node.op === 'Sigmoid') return nodeName(first)
    if (node.op !== 'Identity') return undefined
    node = nodes.get(nodeName(first))
  }
  return undefined
}

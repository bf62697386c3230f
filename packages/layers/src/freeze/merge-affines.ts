/**
 * If an affine feeds only another affine, the two become one, for example a kernel's scale and the BatchNorm behind it. The
 * merged values are computed in float64 and rounded once. Therefore this belongs to freezing: backends keep every rounding of the
 * graph they get.
 */
import type { AnyNode, Graph, GraphTensor } from '@onebit/core'
import { floatTensor } from './float-tensor.ts'

function at(tensor: GraphTensor, channel: number): number {
  return tensor.data[tensor.data.length === 1 ? 0 : channel]
}

const widest = (...tensors: readonly GraphTensor[]): number => Math.max(...tensors.map(({ data }) => data.length))

/** True if there is no shift. Such a shift stays a single value, even if a scale behind it has one value per channel. */
const isZero = ({ data }: GraphTensor): boolean => data.length === 1 && data[0] === 0

export function mergeAffines(graph: Graph): Graph {
  const uses = new Map<string, number>()
  for (const { inputs } of graph.nodes) for (const input of inputs) uses.set(input, (uses.get(input) ?? 0) + 1)
  for (const { value } of graph.outputs) uses.set(value, (uses.get(value) ?? 0) + 1)

  const tensors = new Map(graph.tensors)
  const nodes = new Map<string, AnyNode>()
  for (const node of graph.nodes) {
    const source = nodes.get(node.inputs[0] ?? '')
    if (node.op !== 'affine' || source?.op !== 'affine' || uses.get(source.name) !== 1) {
      nodes.set(node.name, node)
      continue
    }
    const [scale1, shift1] = [source.tensors.scale, source.tensors.shift].map((name) => tensors.get(name)!)
    const [scale2, shift2] = [node.tensors.scale, node.tensors.shift].map((name) => tensors.get(name)!)
    const scale = new Float32Array(widest(scale1, scale2))
    const shift = new Float32Array(isZero(shift1) ? shift2.data.length : widest(shift1, scale2, shift2))
    for (let channel = 0; channel < scale.length; channel++) scale[channel] = at(scale1, channel) * at(scale2, channel)
    for (let channel = 0; channel < shift.length; channel++) {
      shift[channel] = at(shift1, channel) * at(scale2, channel) + at(shift2, channel)
    }
    const names = { scale: `${node.name}.scale`, shift: `${node.name}.shift` }
    tensors.set(names.scale, floatTensor(scale))
    tensors.set(names.shift, floatTensor(shift))
    nodes.delete(source.name)
    nodes.set(node.name, { ...node, inputs: source.inputs, tensors: names })
  }
  const used = new Set([...nodes.values()].flatMap((node) => Object.values(node.tensors)))
  for (const name of tensors.keys()) if (!used.has(name)) tensors.delete(name)
  return { ...graph, nodes: [...nodes.values()], tensors }
}

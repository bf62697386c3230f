/**
 * A frozen graph as an ONNX model: the same topology and weights in float32, bits as +-1. Other runtimes know no one-bit operators, so
 * this is the network without its tricks; it is there to check answers and times against, and to reach hardware that Onebit does not.
 */
import { type Graph, GraphError, inferTypes, type OpName } from '@onebit/core'
import type { LoweringContext } from './lower/context.ts'
import { binaryConv2d, conv2d, dense } from './lower/linear.ts'
import { OnnxWriter } from './lower/onnx-writer.ts'
import { activation, add, affine, clip, multiply, prelu, threshold, toFloat } from './lower/pointwise.ts'
import { averagePool, concat, maxPool, mean, pad, reshape, softmax } from './lower/spatial.ts'
import type { OnnxModel, OnnxValue } from './onnx-model.ts'

const LOWERINGS = {
  conv2d,
  binaryConv2d,
  dense,
  binaryDense: dense,
  threshold,
  toFloat,
  affine,
  prelu,
  activation,
  clip,
  add,
  multiply,
  softmax,
  maxPool,
  averagePool,
  mean,
  pad,
  reshape,
  concat,
}

export interface OnnxOptions {
  /** The order of an image's axes at the model's borders: as in the graph, or as ONNX has them inside. @default 'channels-last' */
  readonly layout?: 'channels-last' | 'channels-first'
}

/**
 * The model keeps the names of the graph's inputs and outputs, with a batch of any size before their shapes.
 * @throws GraphError on an op that has no counterpart here.
 */
export function graphToOnnx(graph: Graph, { layout = 'channels-last' }: OnnxOptions = {}): OnnxModel {
  const types = inferTypes(graph)
  const shapeOf = (value: string): readonly number[] => types.get(value)!.shape
  const writer = new OnnxWriter()
  const outside = (name: string, shape: readonly number[]): OnnxValue =>
    layout === 'channels-first' && shape.length === 3 ? { name, shape: [shape[2], shape[0], shape[1]] } : { name, shape }
  // A model's own names must not meet those of values: an output may be called as a node that is something else.
  const values = new Map<string, string>()
  for (const { name, shape } of graph.inputs) {
    values.set(name, layout === 'channels-first' ? name : writer.channelsFirst(name, shape))
  }
  for (const node of graph.nodes) {
    const lower = LOWERINGS[node.op as keyof typeof LOWERINGS] as ((context: LoweringContext<OpName>) => void) | undefined
    if (!lower) throw notThere(node.name, node.op)
    values.set(node.name, `node:${node.name}`)
    lower({
      name: `node:${node.name}`,
      inputs: node.inputs.map((value) => values.get(value)!),
      attributes: node.attributes,
      shapes: node.inputs.map(shapeOf),
      shape: shapeOf(node.name),
      writer,
      tensor: (role) => graph.tensors.get(node.tensors[role] ?? ''),
    })
  }
  for (const { name, value } of graph.outputs) {
    const source = values.get(value)!
    if (layout === 'channels-last' && shapeOf(value).length === 3) writer.transpose(source, [0, 2, 3, 1], name)
    else writer.node('Identity', [source], { name })
  }
  return {
    inputs: graph.inputs.map(({ name, shape }) => outside(name, shape)),
    outputs: graph.outputs.map(({ name, value }) => outside(name, shapeOf(value))),
    nodes: writer.nodes,
    constants: writer.constants,
  }
}

function notThere(node: string, op: OpName): GraphError {
  return new GraphError({
    node,
    what: `Node '${node}' cannot be written as ONNX: the op '${op}' has no counterpart there yet.`,
    expected: Object.keys(LOWERINGS).join(', '),
    received: op,
  })
}

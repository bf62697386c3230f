/**
 * A frozen graph as an ONNX model: the same topology and weights in float32, bits as +-1. Other runtimes know no one-bit operators, so
 * this is the network without its tricks; it is there to check answers and times against, and to reach hardware that Onebit does not.
 */
import { type AnyNode, checkOptions, type Graph, GraphError, inferTypes, type OpName, rules, type ValueRules } from '@onebit/core'
import type { LoweringContext } from './lower/context.ts'
import { binaryConv2d, conv2d, dense } from './lower/linear.ts'
import { OnnxWriter } from './lower/onnx-writer.ts'
import { activation, add, affine, clip, constant, multiply, prelu, threshold, toFloat } from './lower/pointwise.ts'
import { averagePool, concat, maxPool, mean, pad, reshape, resize, slice, softmax } from './lower/spatial.ts'
import { transposedConvolution } from './lower/transposed.ts'
import type { OnnxModel, OnnxValue } from './onnx-model.ts'

const LOWERINGS: { readonly [Op in OpName]: (context: LoweringContext<Op>) => void } = {
  conv2d,
  binaryConv2d,
  conv2dTranspose: transposedConvolution,
  binaryConv2dTranspose: transposedConvolution,
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
  constant,
  maxPool,
  averagePool,
  mean,
  resize,
  pad,
  reshape,
  concat,
  slice,
}

export interface OnnxOptions {
  /** The order of an image's axes at the model's borders: as in the graph, or as ONNX has them inside. @default 'channels-last' */
  readonly layout?: (typeof LAYOUTS)[number]
}

const LAYOUTS = ['channels-last', 'channels-first'] as const
const OPTIONS: ValueRules<keyof OnnxOptions> = { layout: rules.oneOf(LAYOUTS) }

/** ONNX has one list of names for inputs and results. */
function checkBorders({ inputs, outputs }: Graph): void {
  const twice = outputs.find(({ name }) => inputs.some((input) => input.name === name))
  if (!twice) return
  throw new GraphError({
    what: `The graph has an input and an output named '${twice.name}', and an ONNX model cannot.`,
    expected: 'names of outputs that no input has',
    received: twice.name,
    fix: 'Name the layers at both ends of the model apart, or name the output as a tap of `freeze`.',
  })
}

/** Nodes that follow from constants alone. */
function constantNodes({ nodes }: Graph): ReadonlySet<string> {
  const constant = new Set<string>()
  for (const { name, inputs } of nodes) if (inputs.every((input) => constant.has(input))) constant.add(name)
  return constant
}

/**
 * The model keeps the names of the graph's inputs and outputs, with a batch of any size before their shapes.
 * @throws OptionError on an unknown option; GraphError if an input and an output have one name.
 */
export function graphToOnnx(graph: Graph, options: OnnxOptions = {}): OnnxModel {
  const { layout = 'channels-last' } = checkOptions('graphToOnnx()', options, OPTIONS)
  const types = inferTypes(graph)
  checkBorders(graph)
  const shapeOf = (value: string): readonly number[] => types.get(value)!.shape
  const constant = constantNodes(graph)
  const writer = new OnnxWriter()
  const outside = (name: string, shape: readonly number[]): OnnxValue =>
    layout === 'channels-first' && shape.length === 3 ? { name, shape: [shape[2], shape[0], shape[1]] } : { name, shape }
  // A model's own names come first: an output may be called as a node that is something else.
  for (const { name } of [...graph.inputs, ...graph.outputs]) writer.claim(name)
  const values = new Map<string, string>()
  for (const { name, shape } of graph.inputs) {
    values.set(name, layout === 'channels-first' ? name : writer.channelsFirst(name, shape))
  }
  const lower = (node: AnyNode): void => {
    const name = writer.claim(`node:${node.name}`)
    values.set(node.name, name)
    const context = {
      name,
      inputs: node.inputs.map((value) => values.get(value)!),
      attributes: node.attributes,
      shapes: node.inputs.map(shapeOf),
      shape: shapeOf(node.name),
      constant: node.inputs.map((value) => constant.has(value)),
      writer,
      tensor: (role: string) => graph.tensors.get(node.tensors[role] ?? ''),
    }
    ;(LOWERINGS[node.op] as (context: LoweringContext<OpName>) => void)(context)
  }
  for (const node of graph.nodes) lower(node)
  for (const { name, value } of graph.outputs) {
    const shape = shapeOf(value)
    const own = values.get(value)!
    const source = constant.has(value) && graph.inputs[0] ? writer.batched(own, shape, graph.inputs[0].name) : own
    if (layout === 'channels-last' && shape.length === 3) writer.transpose(source, [0, 2, 3, 1], name)
    else writer.node('Identity', [source], { name })
  }
  return {
    inputs: graph.inputs.map(({ name, shape }) => outside(name, shape)),
    outputs: graph.outputs.map(({ name, value }) => outside(name, shapeOf(value))),
    nodes: writer.nodes,
    constants: writer.constants,
  }
}

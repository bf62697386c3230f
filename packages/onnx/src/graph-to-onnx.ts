/**
 * Converts a frozen graph to an ONNX model with the same topology. Weights are float32, bits become +-1. Other runtimes have no one-bit
 * operators, so the model is not faster. Use it to compare answers and times, and to reach hardware that Onebit does not support.
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
  /** Order of an image's axes in the model's inputs and outputs: that of the graph or that of ONNX. @default 'channels-last' */
  readonly layout?: (typeof LAYOUTS)[number]
}

const LAYOUTS = ['channels-last', 'channels-first'] as const
const OPTIONS: ValueRules<keyof OnnxOptions> = { layout: rules.oneOf(LAYOUTS) }

/** Refuses an input and an output of one name, because ONNX has one list of names for both. */
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

/** Nodes that depend only on constants. */
function constantNodes({ nodes }: Graph): ReadonlySet<string> {
  const constant = new Set<string>()
  for (const { name, inputs } of nodes) if (inputs.every((input) => constant.has(input))) constant.add(name)
  return constant
}

/**
 * Converts a graph. The model keeps the names of the graph's inputs and outputs. Their shapes get a batch of any size in front.
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
  // The model's own names come first, because an output may have the name of another node.
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

/** The closed set of ops, by name. A file with any other op is refused. */
import * as convolution from './convolution.ts'
import type { OpDefinition } from './definition.ts'
import * as pointwise from './pointwise.ts'
import * as spatial from './spatial.ts'

const definitions = {
  conv2d: convolution.conv2d,
  binaryConv2d: convolution.binaryConv2d,
  conv2dTranspose: convolution.conv2dTranspose,
  binaryConv2dTranspose: convolution.binaryConv2dTranspose,
  dense: convolution.dense,
  binaryDense: convolution.binaryDense,
  threshold: pointwise.threshold,
  toFloat: pointwise.toFloat,
  affine: pointwise.affine,
  prelu: pointwise.prelu,
  activation: pointwise.activation,
  clip: pointwise.clip,
  add: pointwise.add,
  multiply: pointwise.multiply,
  softmax: pointwise.softmax,
  constant: pointwise.constant,
  maxPool: spatial.maxPool,
  averagePool: spatial.averagePool,
  mean: spatial.mean,
  resize: spatial.resize,
  pad: spatial.pad,
  reshape: spatial.reshape,
  concat: spatial.concat,
  slice: spatial.slice,
}

export type OpName = keyof typeof definitions
export type OpAttributes = {
  [Op in OpName]: (typeof definitions)[Op] extends OpDefinition<infer Attributes> ? Attributes : never
}

export const OPS: { readonly [Op in OpName]: OpDefinition<OpAttributes[Op]> } = definitions
export const OP_NAMES: readonly OpName[] = Object.keys(definitions) as OpName[]

/** One lowering per op. */
import type { AnyNode, OpName } from '@onebit/core'
import { binaryConv2d, binaryConv2dTranspose, binaryDense } from './binary-convolution.ts'
import { add, multiply } from './broadcast.ts'
import type { Lowered, Lowering, LoweringScope } from './lowering.ts'
import { mean } from './mean.ts'
import { activation, affine, clip, constant, prelu, softmax, toFloat } from './pointwise.ts'
import { averagePool, maxPool } from './pools.ts'
import { conv2d, dense } from './real-convolution.ts'
import { conv2dTranspose } from './real-transposed.ts'
import { resize } from './resize.ts'
import { concat, pad, reshape, slice } from './shapes.ts'
import { threshold } from './threshold.ts'

const LOWERINGS: { readonly [Op in OpName]: Lowering<Op> } = {
  conv2d,
  binaryConv2d,
  conv2dTranspose,
  binaryConv2dTranspose,
  dense,
  binaryDense,
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

export function lowerNode(node: AnyNode, context: LoweringScope): Lowered {
  return (LOWERINGS[node.op] as Lowering<OpName>)(node, context)
}

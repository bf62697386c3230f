/** A real convolution or dense layer together with what follows it. */
import type { AnyNode } from '@onebit/core'
import type { RealLayer } from '../passes/fuse-real-layers.ts'
import { floatTensor, type Lowered, type LoweringContext, type NodeOf } from './context.ts'
import { conv2d, dense } from './float-convolution.ts'
import { conv2dTranspose } from './float-transposed.ts'
import type { Followers } from './real-tail.ts'

/** @param contextOf What the lowering of a node is given. */
export function lowerRealLayer(
  { convolution, affine, activation }: RealLayer,
  contextOf: (node: AnyNode) => LoweringContext,
): Lowered {
  const constants = (node: NodeOf<'affine' | 'prelu'>, role: string): Float32Array => floatTensor(node, contextOf(node), role)
  const followers: Followers = {
    ...(affine && { scale: constants(affine, 'scale'), shift: constants(affine, 'shift') }),
    ...(activation?.op === 'prelu' ? { slope: constants(activation, 'slope') } : { relu: activation !== undefined }),
  }
  const context = contextOf(convolution)
  if (convolution.op === 'conv2d') return conv2d(convolution, context, followers)
  return convolution.op === 'dense' ? dense(convolution, context, followers) : conv2dTranspose(convolution, context, followers)
}

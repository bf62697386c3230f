/** A real convolution or dense layer together with its followers. */
import type { NodeOf } from '@onebit/core'
import type { RealLayer } from '@onebit/core/compile'
import { floatTensor, type Lowered, type UnitScope } from './lowering.ts'
import { conv2d, dense } from './real-convolution.ts'
import type { Followers } from './real-followers.ts'
import { conv2dTranspose } from './real-transposed.ts'

export function lowerRealLayer({ convolution, affine, activation }: RealLayer, { scopeOf }: UnitScope): Lowered {
  const constants = (node: NodeOf<'affine' | 'prelu'>, role: string): Float32Array => floatTensor(node, scopeOf(node), role)
  const followers: Followers = {
    ...(affine && { scale: constants(affine, 'scale'), shift: constants(affine, 'shift') }),
    ...(activation?.op === 'prelu' ? { slope: constants(activation, 'slope') } : { relu: activation !== undefined }),
  }
  const context = scopeOf(convolution)
  if (convolution.op === 'conv2d') return conv2d(convolution, context, followers)
  return convolution.op === 'dense' ? dense(convolution, context, followers) : conv2dTranspose(convolution, context, followers)
}

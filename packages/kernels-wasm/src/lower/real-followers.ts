/** Constants and flags of assembly/followers.ts, for operations on the sums of a real convolution in registers. */
import { expandToChannels, interleaveGroups } from '@onebit/core/compile'
import type { Buffer } from '../program/buffer.ts'
import { channelsOf } from '../program/value.ts'
import type { Lowered, LoweringScope } from './lowering.ts'

/** The constants of this many outputs lie together. */
export const BLOCK = 8
/** Bytes of the constants of one output: bias, scale, shift and slope. */
export const FOLLOWER_BYTES = 16

/** Constants of nodes that run with a real convolution: one value per channel each, or one for all. */
export interface Followers {
  readonly scale?: Float32Array
  readonly shift?: Float32Array
  /** The slope of a PReLU. */
  readonly slope?: Float32Array
  readonly relu?: boolean
}

/** Lowers a node together with its followers. */
export type RealLowering<Node> = (node: Node, context: LoweringScope, followers?: Followers) => Lowered

const AFFINE = 1
const PRELU = 2
const RELU = 4

/** @param context The scope of the convolution. Its bias comes first. */
export function layOutFollowers(
  context: LoweringScope,
  { scale, shift, slope, relu }: Followers,
  groups: number,
): { constants: Buffer; kind: number } {
  const outputs = channelsOf(context.type)
  const bias = context.tensor('bias')
  const tables = [bias?.dtype === 'float32' ? bias.data : undefined, scale, shift, slope].map((table) =>
    table ? expandToChannels(table, outputs) : new Float32Array(outputs),
  )
  const kind = (scale ? AFFINE : 0) + (slope ? PRELU : 0) + (relu ? RELU : 0)
  return { constants: context.builder.constant(interleaveGroups(tables, groups, BLOCK)), kind }
}

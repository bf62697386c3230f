/** What the blocks of Group-Net share: K binary bases side by side, their gates, their shortcut and their combination. */
import type { BlockContext } from '@onebit/core'
import { ScaledSum, SoftGate } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { averagePool, batchNorm, binaryConvolution, channelsOf, relu } from './convolution-parts.ts'

type Tensor = SymbolicTensor
type Map = (input: Tensor) => Tensor

export interface GroupOptions {
  /** K. @default 5 */
  bases: number
  /** How the bases of a group become one value. @default 'mean' */
  combination: 'mean' | 'learned'
  /** Learned soft connections between groups. @default true */
  gates: boolean
  /** Precision of shortcuts that change the shape. @default 'binary' */
  downsample: 'real' | 'binary'
  /** In dilated blocks, how much more each base dilates than the one before. @default 0 */
  dilationStep: number
}

export const groupOptions = {
  bases: { default: 5, min: 1, max: 16, integer: true, description: 'K, the number of binary bases per real convolution' },
  combination: { default: 'mean', values: ['mean', 'learned'], description: 'combination of the bases of a group' },
  gates: { default: true, description: 'learned soft connections between groups' },
  downsample: { default: 'binary', values: ['real', 'binary'], description: 'precision of shortcuts that change the shape' },
  dilationStep: {
    default: 0,
    min: 0,
    max: 8,
    integer: true,
    description: 'difference of dilation between the bases of a dilated block',
  },
} as const

/** The shortcut's layers, made once, so that all bases share them. */
export function sharedShortcut(input: Tensor, downsample: 'real' | 'binary', context: BlockContext): Map {
  const { filters, strides } = context
  if (strides === 1 && channelsOf(input) === filters) return (x) => x
  const name = `${context.name}.shortcut`
  const norm = layers.batchNormalization({ name: `${name}.norm`, epsilon: 1e-5, momentum: 0.9 })
  if (downsample === 'binary') {
    const conv = binaryConvolution({ name: `${name}.conv`, filters, kernelSize: 1, strides }, context)
    return (x) => norm.apply(conv.apply(x)) as Tensor
  }
  let pools = 0
  const conv = layers.conv2d({ name: `${name}.conv`, filters, kernelSize: 1, useBias: false })
  return (x) => norm.apply(conv.apply(averagePool(x, `${name}.pool${++pools}`, strides))) as Tensor
}

/** One 1-bit convolution of a base, padded with +1. */
export interface BaseConvolution {
  readonly name: string
  readonly filters: number
  /** @default 3 */
  readonly kernelSize?: number
  readonly strides: number
  readonly dilation: number
}

export function baseConvolution(x: Tensor, part: BaseConvolution, context: BlockContext): Tensor {
  return binaryConvolution({ ...part, paddingValue: 'one' }, context).apply(x) as Tensor
}

/** What follows a convolution in every base: BatchNorm(ReLU(x)). */
export function rectified(x: Tensor, name: string): Tensor {
  return batchNorm(relu(x, `${name}.relu`), `${name}.norm`)
}

/** Where a base stands. */
export interface Base {
  /** Prefix of the names of its layers. */
  readonly name: string
  readonly dilation: number
}

/**
 * A block replicated as a whole: the combined value, then the bases.
 * @param apply One base, given what goes in and what the shortcut makes of that.
 */
export function groupOfBases(
  [main, ...previous]: readonly Tensor[],
  { bases, combination, gates, downsample, dilationStep }: GroupOptions,
  context: BlockContext,
  apply: (x: Tensor, skipped: Tensor, base: Base) => Tensor,
): Tensor[] {
  const { name } = context
  const skip = sharedShortcut(main, downsample, context)
  const gate = gates && previous.length === bases ? new SoftGate({ name: `${name}.gate` }) : undefined
  const outputs = Array.from({ length: bases }, (_, k) => {
    const dilation = context.dilation + (context.dilation > 1 ? k * dilationStep : 0)
    const x = gate ? (gate.apply([previous[k], main]) as Tensor) : main
    return apply(x, skip(x), { name: `${name}.base${k + 1}`, dilation })
  })
  if (bases === 1) return [outputs[0], ...outputs]
  const combine = combination === 'mean' ? layers.average({ name: `${name}.mean` }) : new ScaledSum({ name: `${name}.sum` })
  return [combine.apply(outputs) as Tensor, ...outputs]
}

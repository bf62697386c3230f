/** The stages of a residual network: runs of blocks. The first block of a stage changes the shape. */
import {
  type BlockContext,
  type BorderPadding,
  checkArgument,
  checkArguments,
  checkOptions,
  type NetworkContext,
  rules,
  type ValueRule,
  type ValueRules,
} from '@onebit/core'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'

/** Option of residual networks: the largest size ratio of picture and last feature map. The default, 32, limits none of them. */
export const outputStrideOption = {
  default: 32,
  values: [32, 16, 8, 4],
  description: 'largest factor between the sizes of picture and last feature map; further strides become dilation',
} as const

export type OutputStride = (typeof outputStrideOption.values)[number]

/** A run of blocks at one size. */
export interface Stage {
  /** Output channels of each block. */
  readonly filters: number
  /** Number of blocks. */
  readonly blocks: number
  /** Divisor of height and width in the first block. */
  readonly strides: number
  /** Padding of the strided convolutions. @default 'same' */
  readonly padding?: BorderPadding
}

/** Size ratios of the picture and feature maps. */
export interface StrideLimit {
  /** Ratio between the picture and the input of the stages. */
  readonly stem: number
  /** Largest ratio between the picture and their output. */
  readonly most: number
}

const { anything, callback, integer, list, object, oneOf, record, text } = rules
const positive = integer({ minimum: 1 })
/** Bounds for blocks and strides. A larger stride would leave nothing of a picture. */
const several = integer({ minimum: 1, maximum: 4096 })
const configured = (plugin: ValueRule): ValueRule => object({ plugin, options: record(anything) })
const quantizer = configured(object({ name: text }))

const REQUIRED = { filters: positive, blocks: several, strides: several }
const padding = oneOf(['same', 'symmetric'])
const STAGE: ValueRules<keyof Stage> = { ...REQUIRED, padding }
const LIMIT: ValueRules<keyof StrideLimit> = { stem: positive, most: positive }
const CONTEXT: ValueRules<keyof NetworkContext> = {
  input: list(positive, { length: 3 }),
  block: configured(object({ apply: callback, convolutions: positive })),
  activation: quantizer,
  weight: quantizer,
}

/**
 * Applies the stages. Returns the main value after each block, named `stage1.block1`, `stage1.block2` and so on, and after each
 * stage, named `stage1`, `stage2`, ... Attention is compared at blocks; heads read stages.
 *
 * If a stride would shrink the picture by more than the limit, the stage keeps its size and dilates its convolutions instead, so
 * they see the same part of the picture. The first block of such a stage keeps the dilation of the stage before, because it reads
 * the same values as with the stride.
 *
 * Chen, Papandreou, Schroff, Adam: Rethinking Atrous Convolution (2017), arXiv 1706.05587, section 3.1.
 */
export function residualStages(
  input: SymbolicTensor,
  stages: readonly Stage[],
  context: NetworkContext,
  limit: StrideLimit,
): Record<string, SymbolicTensor> {
  checkArguments('residualStages()', {
    input: [input, rules.symbolicTensor],
    stages: [stages, list(object(REQUIRED, { padding }), { minimum: 1 })],
  })
  for (const stage of stages) checkOptions('A stage of residualStages()', stage, STAGE)
  checkOptions('residualStages()', limit, LIMIT, ['stem', 'most'])
  const { block, activation, weight } = checkOptions('residualStages()', context, CONTEXT, ['block'])
  const features: Record<string, SymbolicTensor> = {}
  let values: readonly SymbolicTensor[] = [input]
  let { stem: stride } = limit
  let dilation = 1
  stages.forEach(({ filters, blocks, strides, padding }, index) => {
    const stage = `stage${index + 1}`
    const shrinks = stride * strides <= limit.most
    const before = dilation
    if (shrinks) stride *= strides
    else dilation *= strides
    for (let number = 1; number <= blocks; number++) {
      const blockContext: BlockContext = {
        name: `${stage}.block${number}`,
        filters,
        strides: number === 1 && shrinks ? strides : 1,
        dilation: number === 1 ? before : dilation,
        padding,
        activation,
        weight,
      }
      values = block.plugin.apply(values, block.options, blockContext)
      features[blockContext.name] = values[0]
    }
    features[stage] = values[0]
  })
  return features
}

/** Number of blocks for this many convolutions along the main path, rounded up, at least 1. */
export function blocksFor(convolutions: number, context: NetworkContext): number {
  checkArgument('blocksFor()', 'convolutions', convolutions, positive)
  const { block } = checkOptions('blocksFor()', context, CONTEXT, ['block'])
  return Math.max(1, Math.ceil(convolutions / block.plugin.convolutions))
}

/** The stages of a residual network: runs of blocks, the first of each stage changing the shape. */
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

/** Option of residual networks: how small the last feature map may become. The default, 32, is what none of them exceeds. */
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
  /** By how much the first block divides height and width. */
  readonly strides: number
  /** How windows of the strided convolutions lie. @default 'same' */
  readonly padding?: BorderPadding
}

/** How far the picture has shrunk, and how far it may. */
export interface StrideLimit {
  /** By how much the stages' input is smaller than the picture. */
  readonly stem: number
  /** By how much their output may be. */
  readonly most: number
}

const { anything, callback, integer, list, object, oneOf, record, text } = rules
const positive = integer({ minimum: 1 })
/** Blocks, and rows and columns that a stage takes together; beyond this nothing is left of a picture. */
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
 * Applies the stages and returns the main value after each block, named `stage1.block1`, `stage1.block2` and so on, and after each
 * stage, named `stage1`, `stage2`, ...; attention is matched at the blocks, other heads read the stages.
 *
 * Where a stride would shrink the picture by more than the limit, the stage keeps its size, and its taps lie further apart instead, which
 * leaves them the same view of the picture. The first block of such a stage still has the distance of the stage before, for it reads what
 * the stride would have read.
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

/** Blocks that hold so many convolutions along the main path, at least one; a block that does not divide them adds some. */
export function blocksFor(convolutions: number, context: NetworkContext): number {
  checkArgument('blocksFor()', 'convolutions', convolutions, positive)
  const { block } = checkOptions('blocksFor()', context, CONTEXT, ['block'])
  return Math.max(1, Math.ceil(convolutions / block.plugin.convolutions))
}

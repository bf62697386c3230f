/** The stages of a residual network: runs of blocks, the first of each stage changing the shape. */
import type { BlockContext, NetworkContext } from '@onebit/core'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'

/** A run of blocks at one size. */
export interface Stage {
  /** Output channels of each block. */
  readonly filters: number
  /** Number of blocks. */
  readonly blocks: number
  /** By how much the first block divides height and width. */
  readonly strides: number
}

/**
 * Applies the stages and returns the main value after each block, named `stage1.block1`, `stage1.block2` and so on, and after each
 * stage, named `stage1`, `stage2`, ...; attention is matched at the blocks, other heads read the stages.
 */
export function residualStages(
  input: SymbolicTensor,
  stages: readonly Stage[],
  context: NetworkContext,
): Record<string, SymbolicTensor> {
  const { block, activation, weight } = context
  const features: Record<string, SymbolicTensor> = {}
  let values: readonly SymbolicTensor[] = [input]
  stages.forEach(({ filters, blocks, strides }, index) => {
    const stage = `stage${index + 1}`
    for (let number = 1; number <= blocks; number++) {
      const blockContext: BlockContext = {
        name: `${stage}.block${number}`,
        filters,
        strides: number === 1 ? strides : 1,
        dilation: 1,
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
export function blocksFor(convolutions: number, { block }: NetworkContext): number {
  return Math.max(1, Math.ceil(convolutions / block.plugin.convolutions))
}

/** The stages of a network without residual structure: blocks at one size, then max pooling. */
import type { NetworkContext } from '@onebit/core'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { maxPool } from './real-layers.ts'
import { blocksFor } from './residual-stages.ts'

export interface PlainConvolutions {
  readonly filters: number
  /** Number of convolutions in a row. */
  readonly convolutions: number
  /** Size of the kernel, for blocks with such an option. Other blocks ignore it. */
  readonly kernelSize: number
}

/** The max pooling that ends a stage. */
export interface StagePool {
  readonly size: number
  readonly strides: number
  /** @default 'same' */
  readonly padding?: 'same' | 'valid'
}

/** @param pool If absent, the feature map keeps its size. */
export function plainStage(
  input: SymbolicTensor,
  name: string,
  parts: readonly PlainConvolutions[],
  context: NetworkContext,
  pool?: StagePool,
): SymbolicTensor {
  const { block, activation, weight } = context
  let values: readonly SymbolicTensor[] = [input]
  let number = 0
  for (const { filters, convolutions, kernelSize } of parts) {
    const options = 'kernelSize' in block.options ? { ...block.options, kernelSize } : block.options
    for (let count = blocksFor(convolutions, context); count > 0; count--) {
      const blockContext = { name: `${name}.block${++number}`, filters, strides: 1, dilation: 1, activation, weight }
      values = block.plugin.apply(values, options, blockContext)
    }
  }
  return pool === undefined ? values[0] : maxPool(values[0], `${name}.pool`, pool.size, pool.strides, pool.padding)
}

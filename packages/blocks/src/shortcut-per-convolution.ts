/**
 * The structure of Bi-Real Net and many other blocks: every 1-bit convolution has its own shortcut, so real activations flow past
 * each sign.
 *
 *   x -> sign -> 1-bit conv 3x3 -> BatchNorm -> + shortcut(x) -> follow      twice, the stride in the first
 *
 * Liu, Wu, Luo, Yang, Liu, Cheng: Bi-Real Net (ECCV 2018), arXiv 1808.00278, section 3.2 and figure 3.
 */
import { type BlockContext, checkArguments, checkOptions, rules } from '@onebit/core'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, CONTEXT_RULES, sum } from './convolution-parts.ts'
import { type Downsample, shortcut } from './shortcut.ts'

const REQUIRED = ['name', 'filters', 'strides', 'dilation'] as const

/** @param follow Adds the layers after each sum, given the name of its convolution. */
export function shortcutPerConvolution(
  input: SymbolicTensor,
  downsample: Downsample,
  context: BlockContext,
  follow: (sum: SymbolicTensor, name: string) => SymbolicTensor = (value) => value,
): SymbolicTensor {
  const { filters, dilation } = checkOptions('shortcutPerConvolution()', context, CONTEXT_RULES, REQUIRED)
  checkArguments('shortcutPerConvolution()', { input: [input, rules.symbolicTensor], follow: [follow, rules.callback] })
  const half = (x: SymbolicTensor, part: string, strides: number): SymbolicTensor => {
    const name = `${context.name}.${part}`
    const conv = binaryConvolution({ name, filters, strides, dilation }, context).apply(x) as SymbolicTensor
    const skip = shortcut(downsample, x, `${name}.shortcut`, { ...context, strides })
    const followed = follow(sum([batchNorm(conv, `${name}.norm`), skip], `${name}.add`), name)
    checkArguments('shortcutPerConvolution()', { 'follow()': [followed, rules.symbolicTensor] })
    return followed
  }
  return half(half(input, 'conv1', context.strides), 'conv2', 1)
}

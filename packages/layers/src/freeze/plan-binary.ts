/** Decides whether a quantized layer runs on bits, and splits its two sides into parts. */
import type { FrozenQuantizer, PaddingValue } from '@onebit/core'
import { partsOf, twoLevels } from './frozen-parts.ts'
import type { QuantizedOperation } from './quantized-operation.ts'

/** More binary products than this take longer than one real product. */
const MAXIMUM_PRODUCTS = 16

const LEVEL_OF: Readonly<Record<PaddingValue, number>> = { zero: 0, one: 1, 'minus-one': -1 }

/** A part of the input, with one pair of levels for all channels. */
interface InputPart {
  readonly frozen: FrozenQuantizer
  readonly middle: number
  readonly distance: number
}

export interface BinaryPlan {
  readonly frozenKernel: FrozenQuantizer
  readonly inputs: readonly InputPart[]
  /** Middle of the whole input: the sum of its parts' middles. */
  readonly middle: number
  readonly kernels: readonly FrozenQuantizer[]
  /** The bit outside the input. */
  readonly padding: PaddingValue
  /** The value outside the input, if it is not the value that the outside bits represent. */
  readonly outside?: number
}

/**
 * Splits the layer into a sum of binary products. Returns undefined if its input is real, if the input's levels differ between
 * channels, or if there would be too many products.
 */
export function planBinary(operation: QuantizedOperation): BinaryPlan | undefined {
  const { frozenInput, frozenKernel } = operation
  if (!frozenInput || !frozenKernel) return undefined
  const kernels = partsOf(frozenKernel)
  const levels = partsOf(frozenInput).map((frozen) => ({ frozen, ...twoLevels(frozen) }))
  if (levels.some(({ middle }) => middle.length > 1) || levels.length * kernels.length > MAXIMUM_PRODUCTS) return undefined
  const inputs = levels.map(({ frozen, middle: [middle], distance: [distance] }): InputPart => ({ frozen, middle, distance }))
  const middle = inputs.reduce((sum, part) => sum + part.middle, 0)
  const plan = { frozenKernel, inputs, middle, kernels }
  if (operation.kind === 'dense') return { ...plan, padding: 'zero' }
  // Between the strides of a transposed convolution there are gaps that no tap reads. So its middle adds a different constant at
  // each position.
  if (operation.kind === 'conv2dTranspose')
    return middle === 0 ? { ...plan, padding: 'zero' } : { ...plan, padding: 'zero', outside: 0 }
  const { attributes, paddingValue } = operation
  if (!attributes.padding.some((size) => size > 0)) return { ...plan, padding: paddingValue }
  const spread = inputs.reduce((sum, { distance }) => sum + distance, 0)
  const wanted = LEVEL_OF[paddingValue]
  const reads = (value: PaddingValue): number => middle + LEVEL_OF[value] * spread
  // For example, {0, 1} inputs with zero padding read the bit -1 outside. Its level is 0.
  const padding = (['zero', 'one', 'minus-one'] as const).find((value) => Math.abs(reads(value) - wanted) < 1e-9)
  return padding ? { ...plan, padding } : { ...plan, padding: 'zero', outside: wanted }
}

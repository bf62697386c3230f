/** A real convolution of a graph input in integers: where it may be one, and what follows its sums. */
import type { NodeOf } from '../../graph/graph.ts'
import { type IntegerWeights, MOST_PRODUCTS } from './integer-weights.ts'
import { expandToChannels } from './per-channel.ts'
import { allFinite, type RealWeights } from './real-weights.ts'

/** Returns why a convolution does not compute in integers, or undefined if it can. @param readsInput Whether it reads a graph input. */
export function integerObstacle(
  { attributes }: Pick<NodeOf<'conv2d'>, 'attributes'>,
  weights: RealWeights,
  readsInput: boolean,
): string | undefined {
  if (!readsInput) return 'Only convolutions of a graph input compute in integers.'
  const keeps = 'The stem computes in float32:'
  if (attributes.groups > 1) return `${keeps} it has groups.`
  if (!allFinite(weights)) return `${keeps} some weights are not finite.`
  const products = weights.taps * weights.channels
  return products > MOST_PRODUCTS ? `${keeps} it sums ${products} products, more than ${MOST_PRODUCTS}.` : undefined
}

/** Nodes behind the convolution: one value per channel each, or one for all. */
interface StemFollowers {
  readonly bias?: Float32Array
  readonly scale?: Float32Array
  readonly shift?: Float32Array
  /** Of a PReLU. */
  readonly slope?: Float32Array
  readonly relu?: boolean
}

/** One number an output each. */
export interface StemConstants {
  /** What an integer of the weights stands for, with the scale behind it. */
  readonly scales: Float32Array
  readonly bias: Float32Array
  /** Of the PReLU behind it; 1 where nothing follows. */
  readonly slope: Float32Array
}

/** Merges what follows into the conversion of the sums, where no order of rounding is prescribed. */
export function foldFollowers(
  { scales, outputs }: Pick<IntegerWeights, 'scales' | 'outputs'>,
  { bias, scale, shift, slope, relu }: StemFollowers,
): StemConstants {
  const perChannel = (table: Float32Array | undefined, otherwise: number): Float32Array =>
    expandToChannels(table ?? Float32Array.of(otherwise), outputs)
  const [factor, offset] = [perChannel(scale, 1), perChannel(shift, 0)]
  return {
    scales: scales.map((value, output) => value * factor[output]),
    bias: perChannel(bias, 0).map((value, output) => value * factor[output] + offset[output]),
    slope: perChannel(slope, relu ? 0 : 1),
  }
}

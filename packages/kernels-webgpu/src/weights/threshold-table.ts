/** Thresholds in the form that kernels compare with: integers, a row of all channels per step, and the first signs as words. */
import { layOutFirst, layOutThresholds } from '@onebit/core/compile'
import { wordsOf } from '../program/value.ts'
import { thresholdBound } from '../shaders/order.ts'

interface ThresholdTensors {
  /** `[channels or 1, steps]` */
  readonly thresholds: Float32Array
  readonly steps: number
  /** Packed bits, one per channel or one for all. */
  readonly first: Uint8Array
  readonly firstCount: number
}

export interface ThresholdTable {
  readonly steps: number
  /** `[steps][channels]`, with bounds that nothing reaches up to a multiple of `lanes` channels. */
  readonly bounds: Int32Array
  /** The signs below all thresholds, 32 channels per word. */
  readonly first: Int32Array
}

const NEVER = 2147483647

/** @param integers True for accumulators, false for floats. */
export function thresholdTable(
  { thresholds, steps, first, firstCount }: ThresholdTensors,
  { channels, integers, lanes = 1 }: { readonly channels: number; readonly integers: boolean; readonly lanes?: number },
): ThresholdTable {
  const plain = layOutThresholds(thresholds, { steps, channels, integers })
  const padded = Math.ceil(channels / lanes) * lanes
  const bounds = new Int32Array(steps * padded).fill(NEVER)
  plain.forEach((value, index) => {
    const place = Math.floor(index / channels) * padded + (index % channels)
    bounds[place] = integers ? value : thresholdBound(value)
  })
  const words = new Uint8Array(4 * wordsOf(channels))
  const signs = layOutFirst(first, firstCount, channels)
  words.set(signs)
  return { steps, bounds, first: new Int32Array(words.buffer) }
}

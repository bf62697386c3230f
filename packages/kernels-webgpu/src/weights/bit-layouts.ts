/** Binary weights as words that match the words of pixels: a channel has the same bit in both. */
import { type BitWeights, bitAt } from '@onebit/core/compile'
import { wordsOf } from '../program/value.ts'

/**
 * `[tap][word][output]`, with zeros up to `padded` outputs. The words are those of a group, which begins with a new word.
 * Neighboring outputs are side by side, so a word is compared with 4 of them at once.
 */
export function layOutOutputs({ bits, outputs, taps, channels }: BitWeights, padded: number): Uint32Array {
  const words = wordsOf(channels)
  const result = new Uint32Array(Math.max(1, taps * words) * padded)
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) {
      for (let channel = 0; channel < channels; channel++) {
        if (!bitAt(bits, (output * taps + tap) * channels + channel)) continue
        result[(tap * words + (channel >> 5)) * padded + output] |= 1 << (channel & 31)
      }
    }
  }
  return result
}

/** The most words that the channels of one group touch. A group need not begin with a new word. */
export function groupSpan(channels: number, groups: number): number {
  return Math.max(...Array.from({ length: groups }, (_, g) => wordsOf((g + 1) * channels) - Math.floor((g * channels) / 32)))
}

/** `[output][tap][word]`, then `[group][word]`: the mask of the group's channels. Each group has `span` words. */
export function layOutGroups({ bits, outputs, taps, channels }: BitWeights, groups: number, span: number): Uint32Array {
  const masks = outputs * taps * span
  const result = new Uint32Array(masks + groups * span)
  for (let group = 0; group < groups; group++) {
    const start = (group * channels) % 32
    for (let place = start; place < start + channels; place++) result[masks + group * span + (place >> 5)] |= 1 << (place & 31)
  }
  for (let row = 0; row < outputs * taps; row++) {
    const group = Math.floor(Math.floor(row / taps) / (outputs / groups))
    for (let channel = 0; channel < channels; channel++) {
      const place = ((group * channels) % 32) + channel
      if (bitAt(bits, row * channels + channel)) result[row * span + (place >> 5)] |= 1 << (place & 31)
    }
  }
  return result
}

/** Depthwise weights, `[tap][word]`: a word has the bits of 32 channels. */
export function layOutDepthwise({ bits, outputs, taps }: BitWeights): Uint32Array {
  const words = wordsOf(outputs)
  const result = new Uint32Array(Math.max(1, taps * words))
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) {
      if (bitAt(bits, output * taps + tap)) result[tap * words + (output >> 5)] |= 1 << (output & 31)
    }
  }
  return result
}

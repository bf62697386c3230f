/** Binary weights as words that meet the words of pixels: the channels of a group lie where they lie in a pixel. */
import { type BitWeights, bitAt } from '@onebit/core/compile'
import { wordsOf } from '../program/value.ts'

/**
 * `[tap][word][output]`, outputs filled up with zeros to a multiple of 4; the words are those of a group, which begin with one.
 * Neighboring outputs lie side by side, so that 4 of them meet a word at once.
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

/** Words that the channels of a group may touch, which need not begin with one. */
export function groupSpan(channels: number, groups: number): number {
  return Math.max(...Array.from({ length: groups }, (_, g) => wordsOf((g + 1) * channels) - Math.floor((g * channels) / 32)))
}

/** `[output][tap][word]`, behind it `[group][word]`: the mask of the group's channels. The words are the group's, `span` of them. */
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

/** Depthwise weights, `[tap][word]`: the bits of 32 channels at once. */
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

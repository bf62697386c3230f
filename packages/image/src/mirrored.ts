import { checkArguments, OptionError, rules } from '@onebit/core'
import * as argument from './argument-rules.ts'

/**
 * Values with left and right exchanged, such as a network's input or its maps. They may be of several pictures, one after the other.
 * @param shape `[height, width, channels]` of one picture.
 * @throws OptionError if the values are not of whole pictures.
 */
export function mirrored(values: ArrayLike<number>, shape: readonly number[]): Float32Array {
  checkArguments('mirrored()', { values: [values, rules.numbers], shape: [shape, argument.pictureShape] })
  const [height, width, channels] = shape
  if (values.length % (height * width * channels) !== 0) {
    throw new OptionError({
      what: 'mirrored() gets a part of a picture.',
      expected: `a multiple of ${height} x ${width} x ${channels} values`,
      received: `${values.length} values`,
    })
  }
  const result = new Float32Array(values.length)
  for (let row = 0; row < values.length; row += width * channels) {
    for (let column = 0; column < width; column++) {
      const [from, to] = [row + column * channels, row + (width - 1 - column) * channels]
      for (let channel = 0; channel < channels; channel++) result[to + channel] = values[from + channel]
    }
  }
  return result
}

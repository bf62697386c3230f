import { checkArguments } from '@onebit/core'
import * as argument from './argument-rules.ts'
import type { Picture } from './picture.ts'

/** Mean of the outermost pixels, for each channel, 0 to 255. */
export function borderColor(picture: Picture): number[] {
  checkArguments('borderColor()', { picture: [picture, argument.picture] })
  const { data, height, width, channels } = picture
  const sums = new Array<number>(channels).fill(0)
  let count = 0
  for (let row = 0; row < height; row++) {
    const step = row === 0 || row === height - 1 || width === 1 ? 1 : width - 1
    for (let column = 0; column < width; column += step, count++) {
      for (let channel = 0; channel < channels; channel++) sums[channel] += data[(row * width + column) * channels + channel]
    }
  }
  return sums.map((sum) => sum / count)
}

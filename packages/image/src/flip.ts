import { checkArguments } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { blankPicture, type Picture } from './picture.ts'

/** The picture with left and right exchanged. */
export function flipHorizontally(picture: Picture): Picture {
  checkArguments('flipHorizontally()', { picture: [picture, argument.picture] })
  const { data, height, width, channels } = picture
  const result = blankPicture(width, height, channels)
  const rowLength = width * channels
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row++) {
      let source = (row + 1) * rowLength + channel
      const end = (row + 1) * rowLength
      for (let target = row * rowLength + channel; target < end; target += channels) {
        source -= channels
        result.data[target] = data[source]
      }
    }
  }
  return result
}

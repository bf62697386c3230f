/** The EXIF orientation of a camera: CIPA DC-008, tag 274. */
import { checkArguments, describeValue, OptionError } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { blankPicture, type Picture } from './picture.ts'

/** Corner of the stored picture's first row and column: 1 top left, 2 top right, 3 bottom right, 4 bottom left; 5 to 8 turned. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/**
 * The picture as the camera saw it. Orientations 5 to 8 exchange width and height.
 * @throws OptionError on another orientation than 1 to 8.
 */
export function orient(picture: Picture, orientation: Orientation): Picture {
  checkArguments('orient()', { picture: [picture, argument.picture] })
  if (!(Number.isInteger(orientation) && orientation >= 1 && orientation <= 8)) {
    throw new OptionError({
      what: 'There is no such orientation.',
      expected: 'an integer from 1 to 8',
      received: describeValue(orientation),
    })
  }
  if (orientation === 1) return picture
  const { data, width, height, channels } = picture
  const turned = orientation > 4
  const result = turned ? blankPicture(height, width, channels) : blankPicture(width, height, channels)
  // Along the sides of the stored picture, before they are exchanged.
  const fromRight = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8
  const fromBottom = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7
  for (let row = 0, target = 0; row < result.height; row++) {
    for (let column = 0; column < result.width; column++, target += channels) {
      const [x, y] = turned ? [row, column] : [column, row]
      const source = ((fromBottom ? height - 1 - y : y) * width + (fromRight ? width - 1 - x : x)) * channels
      for (let channel = 0; channel < channels; channel++) result.data[target + channel] = data[source + channel]
    }
  }
  return result
}

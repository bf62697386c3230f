/** The placement of a picture by a step: it is scaled to one size, then placed into a frame of another size. */
import { type Affine, inOrder, scaling, translation } from './affine.ts'
import type { Background } from './color.ts'
import { crop } from './crop.ts'
import type { Extent, Fill, Picture, Rectangle } from './picture.ts'
import { resample } from './resample.ts'

/** All values are integers, in pixels. */
export interface Placement {
  /** Size of the whole picture after scaling. */
  readonly scaled: Extent
  /** The part of the scaled picture that becomes the result. It may extend beyond the picture. */
  readonly frame: Rectangle
}

/** The frame of a size in the middle of the scaled picture. An odd difference puts it half a pixel up and left. */
export function centered(scaled: Extent, [height, width]: readonly [number, number]): Placement {
  const [top, left] = [Math.floor((scaled.height - height) / 2), Math.floor((scaled.width - width) / 2)]
  return { scaled, frame: { top, left, height, width } }
}

/** Maps the picture's coordinates to those of the frame. */
export function affineOf({ height, width }: Extent, { scaled, frame }: Placement): Affine {
  return inOrder(scaling(scaled.width / width, scaled.height / height), translation(-frame.left, -frame.top))
}

export interface PlaceOptions {
  readonly channels?: 1 | 3
  readonly background?: Background
  /** Fills pixels outside the picture: a value, or a function of the scaled picture. Default: 0. */
  readonly fill?: Fill | ((scaled: Picture) => Fill)
}

/** Scales and places the picture. Only pixels of the frame are computed. */
export function place(picture: Picture, { scaled, frame }: Placement, options: PlaceOptions = {}): Picture {
  const { channels, background, fill = 0 } = options
  const sameSize = scaled.height === picture.height && scaled.width === picture.width
  if (sameSize && (channels === undefined || channels === picture.channels) && typeof fill !== 'function') {
    return crop(picture, frame, fill)
  }
  const part = overlap(frame, scaled)
  const whole = part.height === frame.height && part.width === frame.width
  const visible = resample(picture, { ...scaled, part, channels, background })
  if (whole) return visible
  const color = typeof fill === 'function' ? fill(visible) : fill
  return crop(visible, { ...frame, top: frame.top - part.top, left: frame.left - part.left }, color)
}

/** The part of a frame within the scaled picture. Both have the same middle, so it is never empty. */
export function overlap(frame: Rectangle, scaled: Extent): Rectangle {
  const [top, left] = [Math.max(0, frame.top), Math.max(0, frame.left)]
  return {
    top,
    left,
    height: Math.min(scaled.height, frame.top + frame.height) - top,
    width: Math.min(scaled.width, frame.left + frame.width) - left,
  }
}

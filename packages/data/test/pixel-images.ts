import type { PixelImage } from '../src/augment/pixel-image.ts'
import { Random } from '../src/random.ts'

/** An image of the given values. */
export const imageOf = (height: number, width: number, channels: number, values: ArrayLike<number>): PixelImage => ({
  data: Uint8Array.from(values),
  height,
  width,
  channels,
})

/** An image of random values. */
export function noise(height: number, width: number, channels: number, seed = 1): PixelImage {
  const random = new Random(seed)
  return imageOf(
    height,
    width,
    channels,
    Array.from({ length: height * width * channels }, () => random.below(256)),
  )
}

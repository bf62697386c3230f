import type { Channels, Picture } from '@onebit/image'
import { Random } from '../src/random.ts'

/** An image of the given values. */
export const imageOf = (height: number, width: number, channels: Channels, values: ArrayLike<number>): Picture => ({
  data: Uint8Array.from(values),
  height,
  width,
  channels,
})

/** An image of random values. */
export function noise(height: number, width: number, channels: Channels, seed = 1): Picture {
  const random = new Random(seed)
  return imageOf(
    height,
    width,
    channels,
    Array.from({ length: height * width * channels }, () => random.below(256)),
  )
}

/**
 * Composes one scene: clothes on a textured background, with the class of every pixel. Everything is drawn from one generator.
 */
import type { PictureData } from '@onebit/core'
import { blankPicture, flipHorizontally, type Picture, resample } from '@onebit/image'
import type { LabeledSet } from '../image-set.ts'
import type { Random } from '../random.ts'

export interface SceneOptions {
  /** Height and width of the scene, in pixels. */
  readonly size: number
  /** Maximum number of clothes. There is at least one. */
  readonly pieces: number
}

export interface Scene {
  /** A gray picture. */
  readonly picture: Picture
  /** 0 is the background. The class of clothes is their label in Fashion-MNIST plus one. */
  readonly mask: PictureData
}

/** A pixel with at least this value is clothing. Below it, the background shows. */
const SOLID = 32

/** Size of clothes, as multiples of their size in Fashion-MNIST. */
const [SMALLEST, LARGEST] = [0.7, 1.4]

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform()

/** Soft gray blobs with fine noise, darker than most clothes. */
function ground(random: Random, size: number): Picture {
  const grid = blankPicture(5, 5, 1)
  const level = between(random, 20, 70)
  for (let index = 0; index < grid.data.length; index++) grid.data[index] = level + between(random, -20, 40)
  const picture = resample(grid, { height: size, width: size })
  for (let pixel = 0; pixel < picture.data.length; pixel++) {
    picture.data[pixel] = Math.max(0, Math.min(255, picture.data[pixel] + Math.round(between(random, -8, 8))))
  }
  return picture
}

function piece({ images, shape }: LabeledSet, index: number, random: Random): Picture {
  const [height, width] = shape
  const data = images.subarray(index * height * width, (index + 1) * height * width)
  const scale = between(random, SMALLEST, LARGEST)
  const scaled = resample(
    { data, height, width, channels: 1 },
    { height: Math.round(height * scale), width: Math.round(width * scale) },
  )
  return random.below(2) === 1 ? flipHorizontally(scaled) : scaled
}

export function composeScene(clothes: LabeledSet, { size, pieces }: SceneOptions, random: Random): Scene {
  const picture = ground(random, size)
  const mask = blankPicture(size, size, 1)
  for (let count = 1 + random.below(pieces); count > 0; count--) {
    const index = random.below(clothes.count)
    const { data, width, height } = piece(clothes, index, random)
    // Up to a fifth of the clothes may lie outside.
    const left = Math.floor(between(random, -width / 5, size - (4 * width) / 5))
    const top = Math.floor(between(random, -height / 5, size - (4 * height) / 5))
    for (let row = Math.max(0, -top); row < Math.min(height, size - top); row++) {
      for (let column = Math.max(0, -left); column < Math.min(width, size - left); column++) {
        const value = data[row * width + column]
        if (value < SOLID) continue
        const target = (row + top) * size + column + left
        picture.data[target] = value
        mask.data[target] = 1 + clothes.annotations[index]
      }
    }
  }
  return { picture, mask }
}

import type { PictureData } from '@onebit/core'
import { createRegistry } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import type { ImageSet } from '../image-set.ts'
import { fashionScenesDataset } from './fashion-scenes.ts'

type Scenes = ImageSet<{ readonly mask: PictureData }>

async function load(given: Record<string, unknown>): Promise<{ train: Scenes; test: Scenes }> {
  const reference = { name: 'fashion-scenes', ...given }
  const { plugin, options } = createRegistry([fashionScenesDataset]).resolve('dataset', reference)
  const { train, test } = await plugin.load(options, {})
  return { train, test } as { train: Scenes; test: Scenes }
}

const first = ({ images, annotations, shape }: Scenes): unknown => [
  Array.from(images.subarray(0, shape[0] * shape[1])),
  Array.from(annotations[0].mask.data),
]

describe('fashion-scenes', () => {
  test('makes as many scenes as asked, of the size asked, each with a mask', async () => {
    const { train, test } = await load({ train: 5, test: 3, size: 40 })
    expect([train.count, test.count]).toEqual([5, 3])
    expect(train.images).toHaveLength(5 * 40 * 40)
    expect(train.shape).toEqual([40, 40, 1])
    for (const { mask } of Array.from(train.annotations)) expect(mask).toMatchObject({ width: 40, height: 40, channels: 1 })
  })

  test('a mask has the ground and one to `pieces` classes, and all classes come up', async () => {
    const { train } = await load({ train: 200, test: 1 })
    const seen = new Set<number>()
    for (const { mask } of Array.from(train.annotations)) {
      const classes = new Set(mask.data)
      expect(classes.has(0)).toBe(true)
      expect(classes.size).toBeGreaterThan(1)
      expect(classes.size).toBeLessThanOrEqual(5)
      for (const index of classes) seen.add(index)
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, index) => index))
  })

  test('the same seed makes the same scenes, however many; another makes others; training and test differ', async () => {
    const [few, many, other] = [
      await load({ train: 2, test: 2 }),
      await load({ train: 9, test: 2 }),
      await load({ train: 2, test: 2, seed: 1 }),
    ]
    expect(first(few.train)).toEqual(first(many.train))
    expect(first(few.train)).not.toEqual(first(other.train))
    expect(first(few.train)).not.toEqual(first(few.test))
    expect(first((await load({ limit: 1 })).train)).toEqual(first(few.train))
  })

  test('its normalization is that of its pixels', async () => {
    const { train } = await load({ train: 1000, test: 1 })
    const { mean, standardDeviation } = train.normalization as { mean: number; standardDeviation: number }
    let sum = 0
    let squares = 0
    for (const value of train.images) {
      sum += value / 255
      squares += (value / 255) ** 2
    }
    const own = sum / train.images.length
    expect(mean).toBeCloseTo(own, 3)
    expect(standardDeviation).toBeCloseTo(Math.sqrt(squares / train.images.length - own ** 2), 3)
  })
})

import { createRegistry } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import type { ImageSet } from '../image-set.ts'
import type { PersonAnnotation } from '../people/compose-person.ts'
import { PEOPLE_FACTS } from '../people/joints.ts'
import { syntheticPeopleDataset } from './synthetic-people.ts'

type People = ImageSet<PersonAnnotation>

async function load(given: Record<string, unknown>) {
  const { plugin, options } = createRegistry([syntheticPeopleDataset]).resolve('dataset', { name: 'synthetic-people', ...given })
  return plugin.load({ ...options, augment: [] }, {})
}

const partsOf = async (given: Record<string, unknown>) => (await load(given)) as unknown as { train: People; test: People }

const first = ({ images, annotations, shape }: People): unknown => [
  Array.from(images.subarray(0, shape[0] * shape[1] * 3)),
  annotations[0],
]

describe('synthetic-people', () => {
  test('makes as many people as asked, in pictures of the size asked', async () => {
    const { train, test, facts, input, images } = await load({ train: 5, test: 3, size: 64 })
    expect(images).toMatchObject({ train: 5, test: 3 })
    expect((train as People).images).toHaveLength(5 * 64 * 64 * 3)
    expect(input).toEqual([64, 64, 3])
    expect(facts).toEqual(PEOPLE_FACTS.mpii)
    for (const { keypoints } of Array.from((test as People).annotations)) expect(keypoints).toHaveLength(48)
  })

  test('in the order of COCO there are 17 joints, measured by similarity', async () => {
    const { facts, test } = await load({ train: 1, test: 1, size: 64, joints: 'coco' })
    expect(facts).toMatchObject({ metric: 'OKS' })
    expect((test as People).annotations[0].keypoints).toHaveLength(51)
  })

  test('the same seed makes the same people, however many; another makes others; training and test differ', async () => {
    const [few, many, other] = [
      await partsOf({ train: 2, test: 2, size: 48 }),
      await partsOf({ train: 5, test: 2, size: 48 }),
      await partsOf({ train: 2, test: 2, size: 48, seed: 1 }),
    ]
    expect(first(few.train)).toEqual(first(many.train))
    expect(first(few.train)).not.toEqual(first(other.train))
    expect(first(few.train)).not.toEqual(first(few.test))
    expect(first((await partsOf({ limit: 1, size: 48 })).train)).toEqual(first(few.train))
  })

  test('is augmented as people are, unless it is told otherwise', async () => {
    const { plugin, options } = createRegistry([syntheticPeopleDataset]).resolve('dataset', {
      name: 'synthetic-people',
      train: 4,
      test: 1,
      size: 48,
      batch: 2,
    })
    const { train } = await plugin.load(options, {})
    expect(train).toMatchObject({ augment: [{ type: 'horizontal-flip' }, { type: 'affine', degrees: 30 }] })
    const [batch] = (train as { epoch(): Iterable<{ placements: { toPicture: readonly number[] }[] }> }).epoch()
    for (const { toPicture } of batch.placements) expect(Math.hypot(toPicture[0], toPicture[1])).toBeLessThan(1 / 0.75 + 1e-9)
  })

  test('its normalization is that of its pixels', async () => {
    const { train } = await partsOf({ train: 300, test: 1, size: 64 })
    const { mean, standardDeviation } = train.normalization as { mean: readonly number[]; standardDeviation: readonly number[] }
    for (const channel of [0, 1, 2]) {
      const values = train.images.filter((_, index) => index % 3 === channel)
      let [sum, squares] = [0, 0]
      for (const value of values) {
        sum += value / 255
        squares += (value / 255) ** 2
      }
      const own = sum / values.length
      expect(Math.abs(own - mean[channel])).toBeLessThan(0.03)
      expect(Math.abs(Math.sqrt(squares / values.length - own ** 2) - standardDeviation[channel])).toBeLessThan(0.03)
    }
  })
})

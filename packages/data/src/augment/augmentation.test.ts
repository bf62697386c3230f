import { OptionError } from '@onebit/core'
import { resize } from '@onebit/image'
import { describe, expect, test } from 'vitest'
import { noise } from '../../test/pixel-images.ts'
import { batches } from '../batches.ts'
import type { ImageSet } from '../image-set.ts'
import { type Augmentation, augmentImage, checkAugmentations, imageRandom } from './augmentation.ts'

const steps: Augmentation[] = [
  { type: 'rotation', degrees: 10 },
  { type: 'random-crop', size: 8, padding: 2 },
  { type: 'horizontal-flip' },
  { type: 'color-jitter', brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 10 },
  { type: 'random-resized-crop', size: [6, 5] },
  { type: 'center-crop', size: 4 },
]

describe('augmentImage', () => {
  test('takes all steps, depends on the generator alone, and leaves its input', () => {
    const image = noise(10, 9, 3)
    const results = [1, 1, 2].map((index) => augmentImage(image, steps, imageRandom(77, index)))
    expect(results[0]).toMatchObject({ height: 4, width: 4, channels: 3 })
    expect(results[1]).toEqual(results[0])
    expect(results[2]).not.toEqual(results[0])
    expect(augmentImage(image, steps, imageRandom(78, 1))).not.toEqual(results[0])
    expect(image).toEqual(noise(10, 9, 3))
  })

  test('is the same on every machine', () => {
    const { data } = augmentImage(noise(10, 9, 3), [steps[1], steps[2]], imageRandom(5, 6))
    expect(data.reduce((hash, value) => (Math.imul(hash, 31) + value) >>> 0, 0)).toBe(2757844387)
  })
})

test('resize is a step too', () => {
  const image = noise(10, 9, 3)
  const result = augmentImage(
    image,
    [
      { type: 'horizontal-flip', probability: 0 },
      { type: 'resize', size: [4, 6] },
    ],
    imageRandom(1, 1),
  )
  expect(result).toEqual(resize(image, { size: [4, 6] }))
})

describe('checkAugmentations', () => {
  test.each([
    { type: 'sharpen' },
    { type: 'center-crop', size: 0 },
    { type: 'center-crop', size: 8, shorter: 9 },
    { type: 'resize', size: 8, mode: 'fill' },
    { type: 'center-crop', size: 8, shorterSide: 7 },
    { type: 'center-crop', size: 8, shorterSide: 8.5 },
    { type: 'random-crop', size: [4, -1] },
    { type: 'random-crop', size: 4, padding: -1 },
    { type: 'random-crop', size: 4, fill: 256 },
    { type: 'random-resized-crop' },
    { type: 'random-resized-crop', size: 4, scale: [0.5, 0.2] },
    { type: 'random-resized-crop', size: 4, scale: [0, 1] },
    { type: 'random-resized-crop', size: 4, ratio: [Number.NaN, 1] },
    { type: 'horizontal-flip', probability: 2 },
    { type: 'color-jitter', brightness: -1 },
    { type: 'color-jitter', hue: 200 },
    { type: 'rotation', degrees: 181 },
    { type: 'rotation' },
  ])('refuses %o', (step) => {
    expect(() => checkAugmentations([step as Augmentation])).toThrow(OptionError)
  })

  test('permits what can be used', () => {
    expect(() => checkAugmentations([...steps, { type: 'resize', size: 9, mode: 'cover' }])).not.toThrow()
  })
})

describe('batches of a set in memory, augmented', () => {
  const { data } = noise(12 * 6, 6, 3)
  const set: ImageSet = {
    images: data,
    labels: new Uint8Array(12),
    count: 12,
    shape: [6, 6, 3],
    normalization: { mean: 0, standardDeviation: 1 / 255 },
  }
  const augment: Augmentation[] = [{ type: 'random-crop', size: 5 }, { type: 'horizontal-flip' }]

  test('have the size of the last step, and values of the images', () => {
    const source = batches(set, { batchSize: 5, augment, seed: 2 })
    expect(source.shape).toEqual([5, 5, 3])
    const [first] = source
    expect(first.images).toHaveLength(5 * 75)
    const original = batches(set, { batchSize: 12, shuffle: false, augment: [{ type: 'center-crop', size: 5 }] })
    expect(original.shape).toEqual([5, 5, 3])
    const values = [...original][0].images.subarray(0, 3)
    for (const channel of [0, 1, 2]) expect(values[channel]).toBeCloseTo(data[channel], 4)
  })

  test('change from epoch to epoch, and resume inside one', () => {
    const source = batches(set, { batchSize: 5, augment, seed: 2 })
    const one = [...source]
    const state = source.random.state
    const two = [...source]
    expect(two).not.toEqual(one)
    const resumed = batches(set, { batchSize: 5, augment, seed: 9 })
    resumed.random.state = state
    expect([...resumed.epoch(1)]).toEqual(two.slice(1))
  })
})

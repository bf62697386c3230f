import { OptionError, PluginNotFoundError } from '@onebit/core'
import { type Picture, resize } from '@onebit/image'
import { describe, expect, test } from 'vitest'
import { noise } from '../../test/pixel-images.ts'
import { batches } from '../batches.ts'
import type { ImageSet } from '../image-set.ts'
import { type Augmentation, augmenter, augmentPicture, imageRandom } from './augmentation.ts'
import { defineAugmentation } from './augmentation-plugin.ts'

const steps: Augmentation[] = [
  { type: 'rotation', degrees: 10 },
  { type: 'random-crop', size: 8, padding: 2 },
  { type: 'horizontal-flip' },
  { type: 'color-jitter', brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 10 },
  { type: 'random-resized-crop', size: [6, 5] },
  { type: 'center-crop', size: 4 },
]

describe('augmentPicture', () => {
  test('takes all steps, depends on the generator alone, and leaves its input', () => {
    const image = noise(10, 9, 3)
    const results = [1, 1, 2].map((index) => augmentPicture(image, steps, imageRandom(77, index)).picture)
    expect(results[0]).toMatchObject({ height: 4, width: 4, channels: 3 })
    expect(results[1]).toEqual(results[0])
    expect(results[2]).not.toEqual(results[0])
    expect(augmentPicture(image, steps, imageRandom(78, 1)).picture).not.toEqual(results[0])
    expect(image).toEqual(noise(10, 9, 3))
  })

  test('is the same on every machine', () => {
    const { data } = augmentPicture(noise(10, 9, 3), [steps[1], steps[2]], imageRandom(5, 6)).picture
    expect(data.reduce((hash, value) => (Math.imul(hash, 31) + value) >>> 0, 0)).toBe(2757844387)
  })
})

/** Red and green encode the position of a pixel, four levels per pixel; blue marks pixels inside the picture. */
function coordinates(height: number, width: number): Picture {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3)
    return [4 * (pixel % width), 4 * Math.floor(pixel / width), 255][index % 3]
  })
  return { data, height, width, channels: 3 }
}

describe('the affine of an augmented picture', () => {
  const geometric: Augmentation[][] = [
    [{ type: 'center-crop', size: [20, 24] }],
    [{ type: 'center-crop', size: 20, shorterSide: 24 }],
    [{ type: 'random-crop', size: [30, 28], padding: 6 }],
    [{ type: 'random-resized-crop', size: [20, 30], scale: [0.3, 1] }],
    [{ type: 'horizontal-flip', probability: 1 }],
    [{ type: 'rotation', degrees: 40 }],
    steps.slice(0, 3).concat([
      { type: 'random-resized-crop', size: 12 },
      { type: 'center-crop', size: 10 },
    ]),
  ]

  test.each(geometric.map((list) => [list.map(({ type }) => type).join(', '), list] as const))(
    'of %s leads to where pixels went',
    (_, list) => {
      for (const seed of [1, 2, 3]) {
        const { picture, affine } = augmentPicture(coordinates(32, 40), list, imageRandom(seed, 0))
        const [a, b, c, d, e, f] = affine
        let seen = 0
        for (let pixel = 0; pixel < picture.height * picture.width; pixel++) {
          const [red, green, blue] = picture.data.subarray(3 * pixel, 3 * pixel + 3)
          if (blue < 255) continue
          seen++
          // A sum of pixels at the border is at the middle of those inside, which is off by at most a pixel times the scale.
          const [x, y] = [red / 4 + 0.5, green / 4 + 0.5]
          const scale = Math.max(1, Math.hypot(a, d))
          const tolerance = x < 2 || y < 2 || x > 38 || y > 30 ? 1.5 * scale : 0.5 * scale
          expect(Math.abs(a * x + b * y + c - (pixel % picture.width) - 0.5)).toBeLessThan(tolerance)
          expect(Math.abs(d * x + e * y + f - Math.floor(pixel / picture.width) - 0.5)).toBeLessThan(tolerance)
        }
        expect(seen).toBeGreaterThan(40)
      }
    },
  )

  test('is the identity where nothing moves', () => {
    const photometric: Augmentation[] = [
      { type: 'color-jitter', brightness: 0.5 },
      { type: 'horizontal-flip', probability: 0 },
    ]
    const image = noise(6, 5, 3)
    expect(augmentPicture(image, photometric, imageRandom(1, 2)).affine).toEqual([1, 0, 0, 0, 1, 0])
    expect(augmentPicture(image, [], imageRandom(1, 2))).toEqual({ picture: image, affine: [1, 0, 0, 0, 1, 0] })
  })
})

describe('augmenter', () => {
  test('knows the size that pictures end in', () => {
    expect(augmenter(steps).size).toEqual([4, 4])
    expect(augmenter(steps.slice(0, 5)).size).toEqual([6, 5])
    expect(augmenter([{ type: 'horizontal-flip' }]).size).toBeUndefined()
  })

  test('takes augmentations of other packages', () => {
    const shift = defineAugmentation({
      name: 'darken',
      options: { by: { default: 10, min: 0 } },
      apply: (picture, { by }) => ({ picture: { ...picture, data: picture.data.map((value) => Math.max(0, value - by)) } }),
    })
    const [step] = [{ type: 'darken', by: 20 }] as unknown as Augmentation[]
    const image = coordinates(2, 2)
    const { picture } = augmenter([step], [shift]).apply(image, imageRandom(1, 1))
    expect(picture.data).toEqual(image.data.map((value) => Math.max(0, value - 20)))
    expect(() => augmenter([{ ...step, bye: 1 } as unknown as Augmentation], [shift])).toThrow(/Did you mean 'by'/)
  })

  test('suggests the nearest name for one that is unknown', () => {
    const unknown = { type: 'horizontal-flop' } as unknown as Augmentation
    expect(() => augmenter([unknown])).toThrow(PluginNotFoundError)
    expect(() => augmenter([unknown])).toThrow(/Did you mean 'horizontal-flip'/)
  })
})

test('resize is a step too', () => {
  const image = noise(10, 9, 3)
  const { picture } = augmentPicture(
    image,
    [
      { type: 'horizontal-flip', probability: 0 },
      { type: 'resize', size: [4, 6] },
    ],
    imageRandom(1, 1),
  )
  expect(picture).toEqual(resize(image, { size: [4, 6] }))
})

describe('augmenter, of steps alone', () => {
  test.each([
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
    expect(() => augmenter([step as Augmentation])).toThrow(OptionError)
  })

  test('permits what can be used', () => {
    expect(() => augmenter([...steps, { type: 'resize', size: 9, mode: 'cover' }])).not.toThrow()
  })
})

describe('batches of a set in memory, augmented', () => {
  const { data } = noise(12 * 6, 6, 3)
  const set: ImageSet = {
    images: data,
    annotations: new Uint8Array(12),
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

import { OptionError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { idxBytes } from '../test/idx-bytes.ts'
import { DataError, type DataErrorReason } from './data-error.ts'
import { floatImages, readImageSet } from './image-set.ts'

const pixels = Uint8Array.from({ length: 3 * 2 * 2 }, (_, index) => index * 20)
const images = { name: 'images', bytes: idxBytes([3, 2, 2], pixels) }
const labels = { name: 'labels', bytes: idxBytes([3], [0, 4, 2]) }
const normalization = { mean: 0.25, standardDeviation: 0.5 }

async function failure(promise: Promise<unknown>, reason: DataErrorReason, file: string): Promise<string> {
  const error = (await promise.catch((thrown) => thrown)) as DataError
  expect(error).toBeInstanceOf(DataError)
  expect(error).toMatchObject({ reason, file })
  return error.message
}

describe('readImageSet', () => {
  test('joins images and labels', async () => {
    const set = await readImageSet(images, labels, { classCount: 5, normalization })
    expect(set).toMatchObject({ count: 3, shape: [2, 2, 1], normalization })
    expect([...set.images]).toEqual([...pixels])
    expect([...set.annotations]).toEqual([0, 4, 2])
  })

  test('count mismatch', async () => {
    const four = { name: 'labels', bytes: idxBytes([4], [0, 1, 2, 3]) }
    const message = await failure(readImageSet(images, four, { classCount: 5 }), 'count-mismatch', 'labels')
    expect(message).toContain('Expected 3 labels, one for each image, received 4 labels.')
  })

  test('label out of range', async () => {
    const message = await failure(readImageSet(images, labels, { classCount: 4 }), 'label-range', 'labels')
    expect(message).toContain("Label 1 of 'labels'")
    expect(message).toContain('Expected 0 to 3, received 4.')
  })

  test('images and labels swapped', async () => {
    const message = await failure(readImageSet(labels, images, { classCount: 5 }), 'dimensions', 'labels')
    expect(message).toContain('Expected [count, height, width], received [3].')
  })

  test('images in place of labels', async () => {
    await failure(readImageSet(images, images, { classCount: 5 }), 'dimensions', 'images')
  })
})

describe('floatImages', () => {
  test('takes the images asked for, normalized', async () => {
    const set = await readImageSet(images, labels, { classCount: 5, normalization })
    const floats = floatImages(set, [2, 0, 2])
    const expected = [2, 0, 2].flatMap((index) =>
      [...pixels.subarray(index * 4, index * 4 + 4)].map((p) => (p / 255 - 0.25) / 0.5),
    )
    expect([...floats]).toEqual([...Float32Array.from(expected)])
  })

  test('takes another normalization; without any, pixels become 0 to 1', async () => {
    const set = await readImageSet(images, labels, { classCount: 5 })
    expect([...floatImages(set, [1])]).toEqual([...Float32Array.of(80 / 255, 100 / 255, 120 / 255, 140 / 255)])
    const signs = floatImages(set, [1], { mean: 0.5, standardDeviation: 0.5 })
    expect(signs[0]).toBeCloseTo((2 * 80) / 255 - 1, 6)
  })

  test.each([-1, 3, 0.5, Number.NaN])('refuses the index %s', async (index) => {
    const set = await readImageSet(images, labels, { classCount: 5 })
    expect(() => floatImages(set, [0, index])).toThrow(OptionError)
  })

  test.each([
    { mean: 0, standardDeviation: 0 },
    { mean: 0, standardDeviation: Number.NaN },
    { mean: Number.POSITIVE_INFINITY, standardDeviation: 1 },
  ])('refuses the normalization %j', async (unusable) => {
    const set = await readImageSet(images, labels, { classCount: 5 })
    expect(() => floatImages(set, [0], unusable)).toThrow(OptionError)
  })
})

import { IDENTITY, OptionError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import type { Batch } from './batch-source.ts'
import { batches } from './batches.ts'
import type { ImageSet } from './image-set.ts'

/** Ten images of 1x2 pixels; image i has the pixels 10 i and 10 i + 1, and the label i. */
const set: ImageSet = {
  images: Uint8Array.from({ length: 20 }, (_, index) => 10 * (index >> 1) + (index & 1)),
  annotations: Uint8Array.from({ length: 10 }, (_, index) => index),
  count: 10,
  shape: [1, 2, 1],
  normalization: { mean: 0, standardDeviation: 1 / 255 },
}
const labelsOf = (epoch: Iterable<Batch>): number[][] => Array.from(epoch, (batch) => [...batch.annotations] as number[])
const sorted = (labels: number[][]): number[] => labels.flat().sort((a, b) => a - b)

describe('batches', () => {
  test('in order without shuffling; the last batch is smaller', () => {
    const unshuffled = batches(set, { batchSize: 4, shuffle: false })
    expect(unshuffled.count).toBe(3)
    expect(labelsOf(unshuffled)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ])
    expect(Array.from(unshuffled, (batch) => batch.count)).toEqual([4, 4, 2])
  })

  test('dropLast leaves the smaller batch out', () => {
    const full = batches(set, { batchSize: 4, shuffle: false, dropLast: true })
    expect(full.count).toBe(2)
    expect(sorted(labelsOf(full))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(batches(set, { batchSize: 5, dropLast: true }).count).toBe(2)
    expect(labelsOf(batches(set, { batchSize: 11, dropLast: true }))).toEqual([])
  })

  test('images stay with their labels', () => {
    for (const { images, annotations } of batches(set, { batchSize: 3, seed: 4 })) {
      for (const [row, label] of annotations.entries() as Iterable<[number, number]>) {
        expect(images[2 * row]).toBeCloseTo(10 * label, 4)
        expect(images[2 * row + 1]).toBeCloseTo(10 * label + 1, 4)
      }
    }
  })

  test('takes another normalization', () => {
    const [batch] = batches(set, { batchSize: 2, shuffle: false, normalization: { mean: 1, standardDeviation: 2 } })
    expect(batch.images[3]).toBeCloseTo((11 / 255 - 1) / 2, 6)
  })

  test('an epoch has every image once, each epoch in another order', () => {
    const shuffled = batches(set, { batchSize: 4, seed: 1 })
    const epochs = [labelsOf(shuffled), labelsOf(shuffled)]
    for (const epoch of epochs) expect(sorted(epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(epochs[0]).not.toEqual(epochs[1])
  })

  test.each([1, 2, 3, 5])('an epoch has every image once in batches of %i, the last batch included', (batchSize) => {
    const all = batches(set, { batchSize, seed: 2 })
    const epoch = labelsOf(all)
    expect(sorted(epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(epoch.map(({ length }) => length)).toEqual(
      Array.from({ length: all.count }, (_, batch) => Math.min(batchSize, 10 - batch * batchSize)),
    )
  })

  test('the seed decides the orders, and the orders are the same everywhere', () => {
    const epochs = (seed: number) => {
      const shuffled = batches(set, { batchSize: 4, seed })
      return [labelsOf(shuffled), labelsOf(shuffled)]
    }
    expect(epochs(1)).toEqual(epochs(1))
    expect(epochs(1)).not.toEqual(epochs(2))
    expect(epochs(0)[0].flat()).toEqual([3, 6, 1, 5, 0, 4, 2, 9, 7, 8])
  })

  test('resumes inside an epoch from the state before it', () => {
    const first = batches(set, { batchSize: 3, seed: 21 })
    labelsOf(first)
    const state = first.random.state
    const second = labelsOf(first)
    const third = labelsOf(first)

    const resumed = batches(set, { batchSize: 3, seed: 0 })
    resumed.random.state = state
    expect(labelsOf(resumed.epoch(2))).toEqual(second.slice(2))
    expect(labelsOf(resumed)).toEqual(third)
  })

  test('an epoch that is broken off does not change the next order', () => {
    const whole = batches(set, { batchSize: 3, seed: 6 })
    labelsOf(whole)
    const broken = batches(set, { batchSize: 3, seed: 6 })
    for (const _ of broken) break
    expect(labelsOf(broken)).toEqual(labelsOf(whole))
  })

  test.each([0, -1, 1.5, Number.NaN])('refuses the batch size %s', (batchSize) => {
    expect(() => batches(set, { batchSize })).toThrow(OptionError)
  })

  test.each([-1, 4, 0.5])('refuses the first batch %s', (first) => {
    expect(() => batches(set, { batchSize: 4 }).epoch(first)).toThrow(OptionError)
  })
})

describe('placements', () => {
  test('of pictures that did not move are one object; of others the way back to their pixels', () => {
    const still = [...batches(set, { batchSize: 4 })].flatMap(({ placements }) => placements)
    expect(still).toHaveLength(10)
    expect(new Set(still).size).toBe(1)
    expect(still[0]).toEqual({ toPicture: IDENTITY, picture: [1, 2], input: [1, 2] })
    const mirrored = batches(set, { batchSize: 10, shuffle: false, augment: [{ type: 'horizontal-flip', probability: 1 }] })
    const [{ images, placements, annotations }] = mirrored
    for (const [row, { toPicture }] of placements.entries()) {
      // The left pixel of the input, whose center is 0.5, comes from the right one.
      expect(toPicture[0] * 0.5 + toPicture[2]).toBe(1.5)
      expect(images[2 * row]).toBeCloseTo(10 * (annotations[row] as number) + 1, 4)
    }
  })

  test('annotations may be anything, and stay with their pictures', () => {
    const annotations = Array.from({ length: 10 }, (_, index) => ({ name: `picture ${index}` }))
    for (const batch of batches({ ...set, annotations }, { batchSize: 3, seed: 2 })) {
      for (const [row, { name }] of batch.annotations.entries()) {
        expect(name).toBe(`picture ${Math.round(batch.images[2 * row] / 10)}`)
      }
    }
    const changed = annotations.with(3, { name: 'another' })
    const digest = (all: typeof annotations): string =>
      batches({ ...set, annotations: all }, { batchSize: 1 }).fingerprint!().sha256
    expect(digest(changed)).not.toBe(digest(annotations))
    expect(digest([...annotations])).toBe(digest(annotations))
  })
})

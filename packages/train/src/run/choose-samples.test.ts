import { batches, type ImageSet } from '@onebit/data'
import { expect, test } from 'vitest'
import { TestImages } from '../test-images.ts'
import { chooseSamples } from './choose-samples.ts'

/** Pictures of one pixel, which holds the picture's number. */
const imagesOf = (labels: readonly number[], batchSize: number): TestImages => {
  const set: ImageSet = {
    images: Uint8Array.from(labels, (_, index) => index % 256),
    annotations: Uint16Array.from(labels),
    count: labels.length,
    shape: [1, 1, 1],
    normalization: { mean: 0, standardDeviation: 1 / 255 },
  }
  return new TestImages(batches(set, { batchSize, shuffle: false }))
}

async function chosen(test: TestImages, count: number): Promise<{ label: number; pixel: number }[]> {
  const all: { label: number; pixel: number }[] = []
  for await (const { images, annotations, placements, count: own } of chooseSamples(test, String, count)) {
    expect([images.length, placements.length]).toEqual([own, own])
    annotations.forEach((label, index) => {
      all.push({ label: label as number, pixel: Math.round(images[index]) })
    })
  }
  return all
}

test('every class is there, though the set is sorted by class', async () => {
  const labels = Array.from({ length: 100 }, (_, index) => Math.floor(index / 10))
  const all = await chosen(imagesOf(labels, 8), 16)
  const counts = Array.from({ length: 10 }, (_, label) => all.filter((one) => one.label === label).length)
  expect(counts).toEqual(Array.from({ length: 10 }, () => 2))
  for (const { label, pixel } of all) expect(label).toBe(labels[pixel])
})

test('a class with few pictures gives all of them', async () => {
  const all = await chosen(imagesOf([0, 0, 0, 1, 0, 0], 4), 8)
  expect(all.map(({ pixel }) => pixel)).toEqual([0, 1, 2, 3, 4])
  expect(all.filter(({ label }) => label === 1)).toHaveLength(1)
})

test('if all annotations differ, pictures come from the whole set', async () => {
  const all = await chosen(
    imagesOf(
      Array.from({ length: 200 }, (_, index) => index),
      8,
    ),
    4,
  )
  expect(all.map(({ label }) => label)).toEqual([0, 50, 100, 150])
})

test('of many batches only a few are read', async () => {
  const all = await chosen(
    imagesOf(
      Array.from({ length: 650 }, (_, index) => index % 2),
      1,
    ),
    4,
  )
  expect(all).toHaveLength(4)
  expect(new Set(all.map(({ label }) => label))).toEqual(new Set([0, 1]))
})

test('an empty set gives no samples', async () => {
  expect(await chosen(imagesOf([], 8), 16)).toEqual([])
})

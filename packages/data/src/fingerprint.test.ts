import { createHash } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { batches } from './batches.ts'
import { digestOfFiles, digestOfSet } from './fingerprint.ts'
import type { ImageSet } from './image-set.ts'
import type { ImageFiles } from './images/image-folder.ts'

const set: ImageSet = {
  images: Uint8Array.of(1, 2, 3, 4, 99),
  annotations: Uint8Array.of(0, 1, 99),
  count: 2,
  shape: [1, 2, 1],
  normalization: { mean: 0, standardDeviation: 1 },
}
const files = (paths: string[], labels: number[]): ImageFiles => ({
  files: paths,
  annotations: Int32Array.from(labels),
  ignored: [],
})

afterEach(() => vi.restoreAllMocks())

test('a set is its pixels and labels, those in use, with Node and without', () => {
  const expected = createHash('sha256')
    .update(Uint8Array.of(1, 2, 3, 4, 0, 1))
    .digest('hex')
  expect(digestOfSet(set)).toBe(expected)
  expect(digestOfSet({ ...set, images: set.images.with(4, 7) })).toBe(expected)
  expect(digestOfSet({ ...set, images: set.images.with(3, 7) })).not.toBe(expected)
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  expect(digestOfSet(set)).toBe(expected)
})

test('files are their names and labels, wherever the folder is', () => {
  const here = digestOfFiles(files(['/data/a/1.jpg', '/data/b/2.jpg'], [0, 1]))
  expect(digestOfFiles(files(['D:\\a\\1.jpg', 'D:\\b\\2.jpg'], [0, 1]))).toBe(here)
  expect(digestOfFiles(files(['/data/a/1.jpg', '/data/b/3.jpg'], [0, 1]))).not.toBe(here)
  expect(digestOfFiles(files(['/data/a/1.jpg', '/data/b/2.jpg'], [1, 0]))).not.toBe(here)
})

test('a source tells what decides its batches, not in which order they come', () => {
  const augment = [{ type: 'horizontal-flip' } as const]
  const fingerprint = batches(set, { batchSize: 1, seed: 3, augment }).fingerprint!()
  expect(fingerprint).toMatchObject({ images: 2, normalization: set.normalization, augment, shape: [1, 2, 1] })
  expect(batches(set, { batchSize: 2, seed: 4, augment }).fingerprint!()).toEqual(fingerprint)
})

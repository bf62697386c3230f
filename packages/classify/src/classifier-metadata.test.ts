/** Metadata of every kind of data is read as it was written; a damaged field is refused by name. */
import { ModelFormatError } from '@onebit/core'
import { fashionMnist, imageBatches } from '@onebit/data'
import { describe, expect, test } from 'vitest'
import { classifierMetadata, readClassifierMetadata } from './classifier-metadata.ts'

const classes = ['fire', 'water']

describe('classifierMetadata', () => {
  test('of a data set in memory: its name, classes, normalization and background', async () => {
    const data = await fashionMnist()
    const read = readClassifierMetadata(classifierMetadata(data))
    expect(read).toEqual({
      dataset: 'Fashion-MNIST',
      labels: data.facts.classes,
      normalization: { mean: [data.normalization.mean], standardDeviation: [data.normalization.standardDeviation] },
      background: 'dark',
    })
  })

  test('of a stream of files: how they are cut, too', () => {
    const files = { files: ['a.jpg'], annotations: [0], ignored: [] }
    const test = imageBatches(files, { batchSize: 1, size: 14, shuffle: false })
    expect(readClassifierMetadata(classifierMetadata({ name: 'pets', facts: { classes }, test }))).toEqual({
      dataset: 'pets',
      labels: classes,
      normalization: test.normalization,
      preparation: [{ type: 'center-crop', size: 14, shorterSide: 16 }],
    })
  })

  test('facts that the data lacks stay absent, and are assumed', () => {
    const read = readClassifierMetadata(classifierMetadata({ name: 'pets', facts: { classes }, test: {} }))
    expect(read).toEqual({ dataset: 'pets', labels: classes })
    expect(readClassifierMetadata({})).toEqual({})
  })
})

test.each([
  ['labels', '{', 'JSON'],
  ['labels', '[1]', 'a list of names'],
  ['normalization', '{"mean": 0}', 'standardDeviation'],
  ['normalization', '{"mean": 0, "standardDeviation": []}', 'standardDeviation'],
  ['normalization', '{"mean": 0, "standardDeviation": [1, 0]}', 'positive'],
  ['preparation', '[1]', 'center-crop or resize'],
  ['background', 'gray', `'dark' or 'light'`],
])('%s of %s is refused', (field, text, expected) => {
  const read = (): unknown => readClassifierMetadata({ [field]: text })
  expect(read).toThrow(ModelFormatError)
  expect(read).toThrow(expected)
  expect(read).toThrow(expect.objectContaining({ field: `metadata.${field}` }))
})

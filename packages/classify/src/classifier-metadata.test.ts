/** What is written is read back, whatever kind of data it is of; what is damaged is refused by name. */
import { ModelFormatError } from '@onebit/core'
import { fashionMnist, imageBatches } from '@onebit/data'
import { describe, expect, test } from 'vitest'
import { assumptionsOf, classifierMetadata, readClassifierMetadata } from './classifier-metadata.ts'

const classes = ['fire', 'water']

describe('classifierMetadata', () => {
  test('of a data set in memory: its name, classes, normalization and background', async () => {
    const data = await fashionMnist()
    const read = readClassifierMetadata(classifierMetadata(data))
    expect(read).toEqual({
      dataset: 'Fashion-MNIST',
      labels: data.classes,
      normalization: { mean: [data.normalization.mean], standardDeviation: [data.normalization.standardDeviation] },
      background: 'dark',
    })
    expect(assumptionsOf(read)).toEqual([])
  })

  test('of a stream of files: how they are cut, too', () => {
    const files = { classes, files: ['a.jpg'], labels: Int32Array.of(0), ignored: [] }
    const test = imageBatches(files, { batchSize: 1, size: 14, shuffle: false })
    expect(readClassifierMetadata(classifierMetadata({ name: 'pets', classes, test }))).toEqual({
      dataset: 'pets',
      labels: classes,
      normalization: test.normalization,
      preparation: [{ type: 'center-crop', size: 14, shorterSide: 16 }],
    })
  })

  test('what the data does not say stays absent, and is assumed', () => {
    const read = readClassifierMetadata(classifierMetadata({ name: 'pets', classes, test: {} }))
    expect(read).toEqual({ dataset: 'pets', labels: classes })
    expect(assumptionsOf(read)).toEqual([expect.stringMatching(/no normalization.*0 to 1/)])
    expect(readClassifierMetadata({})).toEqual({})
    expect(assumptionsOf({})).toEqual([expect.stringMatching(/no classes/), expect.stringMatching(/no normalization/)])
  })
})

test.each([
  ['labels', '{', 'JSON'],
  ['labels', '[1]', 'a list of names'],
  ['normalization', '{"mean": 0}', 'standardDeviation'],
  ['normalization', '{"mean": 0, "standardDeviation": []}', 'standardDeviation'],
  ['normalization', '{"mean": 0, "standardDeviation": [1, 0]}', 'positive'],
  ['preparation', '[1]', 'step'],
  ['background', 'gray', `'dark' or 'light'`],
])('%s of %s is refused', (field, text, expected) => {
  const read = (): unknown => readClassifierMetadata({ [field]: text })
  expect(read).toThrow(ModelFormatError)
  expect(read).toThrow(expected)
  expect(read).toThrow(expect.objectContaining({ field: `metadata.${field}` }))
})

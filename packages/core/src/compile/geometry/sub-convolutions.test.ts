import { Random, SEED } from '@onebit/testkit/random'
import { describe, expect, it, test } from 'vitest'
import { LimitError } from '../../errors.ts'
import type { TransposedConvolutionAttributes } from '../../graph/ops/convolution.ts'
import { cutIntoSubConvolutions } from './sub-convolutions.ts'
import { convolutionGeometry, transposedGeometry } from './window-geometry.ts'

const PLAIN = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], outputPadding: [0, 0] } as const

/** What each output reads through each tap, as `output <- tap of input`. */
function readsOf(rows: Int32Array, columns: Int32Array, window: readonly number[], name: (index: number) => string): string[] {
  const [height, width] = [rows.length / window[0], columns.length / window[1]]
  const reads: string[] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let tap = 0; tap < window[0] * window[1]; tap++) {
        const row = rows[y * window[0] + Math.floor(tap / window[1])]
        const column = columns[x * window[1] + (tap % window[1])]
        if (row >= 0 && column >= 0) reads.push(`${name(y * width + x)} <- ${tap} of ${row}, ${column}`)
      }
    }
  }
  return reads
}

test(`the parts read what the whole layer reads (ONEBIT_SEED=${SEED})`, () => {
  const random = new Random(SEED)
  for (let round = 0; round < 200; round++) {
    const pair = (least: number, most: number) => [random.integer(least, most), random.integer(least, most)] as const
    const [input, window, output] = [pair(1, 5), pair(1, 5), pair(1, 14)]
    const [before, after] = [pair(0, 3), pair(0, 3)]
    const attributes: TransposedConvolutionAttributes = {
      ...PLAIN,
      strides: pair(1, 7),
      dilations: pair(1, 3),
      padding: [before[0], after[0], before[1], after[1]],
    }
    const whole = transposedGeometry(input, output, window, attributes)
    const expected = readsOf(whole.rows, whole.columns, window, (index) => `${index}`)
    const parts = cutIntoSubConvolutions(input, output, window, attributes)
    const found = parts.flatMap(({ taps, window: own, geometry, first }) => {
      const width = own[1] === 0 ? 0 : geometry.columns.length / own[1]
      const nameOf = (index: number): string => {
        const y = first[0] + Math.floor(index / width) * attributes.strides[0]
        const x = first[1] + (index % width) * attributes.strides[1]
        return `${y * output[1] + x}`
      }
      return taps.length === 0
        ? []
        : readsOf(geometry.rows, geometry.columns, own, nameOf).map((read) =>
            read.replace(/<- (\d+)/, (_, tap) => `<- ${taps[Number(tap)]}`),
          )
    })
    expect(found.sort(), JSON.stringify({ input, window, output, attributes })).toEqual(expected.sort())
  }
})

describe('a cost that a file of a few kilobytes states', () => {
  it.each([
    ['a tap for each of many strides', [65_536, 1], [65_536, 1], [65_536, 1]],
    ['strides between which nothing lies', [8000, 8000], [1, 1], [8000, 8000]],
    ['strides along one axis', [1, 5000], [1, 3], [1, 5000]],
  ] as const)('%s is refused before it is spent', (_, strides, window, output) => {
    const attempt = (): unknown => cutIntoSubConvolutions([1, 1], output, window, { ...PLAIN, strides })
    expect(attempt).toThrow(LimitError)
    expect(attempt).toThrow(/too large to compile.*at most 4,096 parts/)
  })

  it.each([
    ['a window of 2^20 taps over as many rows', [2 ** 20, 1], [2 ** 20, 1]],
    ['a window of 2^20 taps over as many columns', [1, 2 ** 20], [1, 2 ** 20]],
    ['a window of 2^15 taps over 2^14 rows', [2 ** 14, 1], [2 ** 15, 1]],
  ] as const)('%s is refused before it is spent', (_, size, window) => {
    const attempt = (): unknown => convolutionGeometry(size, size, window, { ...PLAIN, groups: 1 })
    expect(attempt).toThrow(LimitError)
    expect(attempt).toThrow(/too large to compile.*at most 268,435,456 pairs/)
    expect(() => transposedGeometry(size, size, window, PLAIN)).toThrow(LimitError)
  })

  it('strides far beyond the output are cheap', () => {
    const parts = cutIntoSubConvolutions([1, 1], [1, 1], [1, 1], { ...PLAIN, strides: [2 ** 31 - 1, 65_536] })
    expect(parts).toEqual([
      { taps: [0], window: [1, 1], geometry: { rows: Int32Array.of(0), columns: Int32Array.of(0) }, first: [0, 0] },
    ])
  })
})

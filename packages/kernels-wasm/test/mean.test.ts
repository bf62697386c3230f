import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { expectSameAsReference, singleNode } from './compare.ts'

/** Rows and columns fewer and more than a vector, and than the 8 rows or 16 columns that kernels take at a time; axes of length 1. */
const SHAPES = [[37], [9, 23], [5, 1, 18], [13, 4, 35], [3, 5, 9, 7], [2, 3, 1, 4, 17], [2, 3, 2, 3, 2, 5]]

function axesOf(combination: number): number[] {
  return [0, 1, 2, 3, 4, 5].filter((axis) => combination & (1 << axis))
}

describe('mean', () => {
  it.each(SHAPES)('over every combination of axes of %j... equals the reference bit for bit', async (...shape) => {
    for (let combination = 1; combination < 1 << shape.length; combination++) {
      const axes = axesOf(combination)
      const graph = singleNode({ op: 'mean', inputs: [shape], attributes: { axes, keepDimensions: true } })
      try {
        await expectSameAsReference(graph, new Random(SEED + combination, SOME_SPECIAL), 2)
      } catch (cause) {
        throw new Error(`Axes ${axes} of ONEBIT_SEED=${SEED}`, { cause })
      }
    }
    expect.hasAssertions()
  })
})

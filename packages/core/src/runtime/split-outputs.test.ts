import { describe, expect, it } from 'vitest'
import { OptionError, OutputError } from '../errors.ts'
import { splitOutputs } from './split-outputs.ts'

const network = {
  outputs: [
    { name: 'scores', shape: [3], dtype: 'float32' },
    { name: 'place', shape: [1, 2], dtype: 'float32' },
  ],
} as const
const results = { scores: Float32Array.of(1, 2, 3, 4, 5, 6), place: Float32Array.of(7, 8, 9, 10) }

describe('splitOutputs', () => {
  it('gives every sample of a batch its own outputs', () => {
    expect(splitOutputs(network, results, 2)).toEqual([
      { scores: { shape: [3], data: Float32Array.of(1, 2, 3) }, place: { shape: [1, 2], data: Float32Array.of(7, 8) } },
      { scores: { shape: [3], data: Float32Array.of(4, 5, 6) }, place: { shape: [1, 2], data: Float32Array.of(9, 10) } },
    ])
    expect(splitOutputs(network, { scores: new Float32Array(0), place: new Float32Array(0) }, 0)).toEqual([])
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s, wherever it is', (value) => {
    for (const [name, length] of [
      ['scores', 3],
      ['place', 2],
    ] as const) {
      for (let index = 0; index < 2 * length; index++) {
        const broken = { ...results, [name]: results[name].with(index, value) }
        const where = `output '${name}' is not finite for sample ${Math.floor(index / length)} .* ${value} at index ${index % length}`
        expect(() => splitOutputs(network, broken, 2)).toThrow(OutputError)
        expect(() => splitOutputs(network, broken, 2)).toThrow(new RegExp(where))
      }
    }
  })

  it.each([
    ['an output is missing', { scores: results.scores }, 2],
    ['the batch has another size', results, 3],
    ['a list stands for a typed array', { ...results, place: [7, 8, 9, 10] }, 2],
  ])('refuses results where %s', (_, given, samples) => {
    expect(() => splitOutputs(network, given as never, samples)).toThrow(OptionError)
    expect(() => splitOutputs(network, given as never, samples)).toThrow(/refuses its argument 'results'/)
  })
})

/** Tests every form of a rule: accepted values, refused values with the message, and the type of the options. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { OptionError } from '../errors.ts'
import { describeRule, fillOptions, type OptionRule, type OptionsOf, ruleType } from './option-rules.ts'

const refusal = (rule: OptionRule, value: unknown): OptionError => {
  try {
    fillOptions(`The head 'x'`, { it: rule }, { it: value })
  } catch (error) {
    return error as OptionError
  }
  throw new Error(`${JSON.stringify(value)} was accepted`)
}

describe('what a rule accepts', () => {
  test.each<[OptionRule, unknown[], unknown[]]>([
    [{ default: 1 }, [0, -1.5, 1e9], ['1', null, Number.NaN, Number.POSITIVE_INFINITY, true, [1]]],
    [{ default: 1, min: 0, max: 2 }, [0, 2], [-1, 2.1]],
    [{ default: 1, min: 0, exclusive: 'min' }, [1e-9], [0, -1]],
    [{ default: 0, min: 0, max: 1, exclusive: 'max' }, [0, 0.999], [1, -0.1]],
    [{ default: 0.5, min: 0, max: 1, exclusive: 'both' }, [0.5], [0, 1]],
    [{ default: 1, integer: true }, [-3, 7], [0.5]],
    [{ default: false }, [true, false], [0, 'true']],
    [{ default: 'a', values: ['a', 'b'] }, ['a', 'b'], ['c', 1, 'toString']],
    [{ type: 'choice', default: 8, values: [8, 16] }, [8, 16], ['8', 32]],
    [{ type: 'text', optional: true }, ['x'], ['', 1]],
    [{ type: 'list', of: { type: 'number', integer: true }, default: [] }, [[], [1, 2]], [1, [0.5], ['1'], { 0: 1 }]],
    [{ type: 'list', of: { type: 'number' }, length: 2, default: [0, 1] }, [[3, 4]], [[], [1], [1, 2, 3]]],
    [{ type: 'list', of: { type: 'number' }, minLength: 1, maxLength: 2, default: [0] }, [[1], [1, 2]], [[], [1, 2, 3]]],
    [{ type: 'record', fields: { a: { default: 1 } }, default: {} }, [{}, { a: 2 }], [[], 'a', { a: 'x' }, { b: 1 }]],
    [
      {
        type: 'union',
        of: [
          { type: 'number', min: 1 },
          { type: 'list', of: { type: 'number' }, length: 2 },
        ],
        default: 1,
      },
      [1, [2, 3]],
      [0, [1], 'x', {}],
    ],
    [{ type: 'reference', kind: 'block', default: 'basic' }, ['basic', { name: 'x', a: 1 }], ['', {}, { name: 1 }, 3]],
  ])('%j', (rule, accepted, refused) => {
    for (const value of accepted) expect(fillOptions('The x', { it: rule }, { it: value })).toEqual({ it: expect.anything() })
    for (const value of refused) expect(refusal(rule, value)).toBeInstanceOf(OptionError)
  })

  test('an option without a value takes its default, or is left out where it is optional', () => {
    const rules = { a: { default: 3 }, b: { type: 'number', optional: true } } as const
    expect(fillOptions('The x', rules)).toEqual({ a: 3 })
    expect(fillOptions('The x', rules, { a: undefined, b: 2 })).toEqual({ a: 3, b: 2 })
    expect(() => fillOptions('The x', { a: { type: 'number' } }, {})).toThrow(/'a'.*a number, received nothing/)
  })

  test('defaults inside records are filled in', () => {
    const rules = { range: { type: 'record', fields: { low: { default: 0 }, high: { default: 1 } }, default: {} } } as const
    expect(fillOptions('The x', rules, { range: { high: 5 } })).toEqual({ range: { low: 0, high: 5 } })
    expect(fillOptions('The x', rules)).toEqual({ range: { low: 0, high: 1 } })
  })

  test('options that are not a record are refused', () => {
    for (const given of [null, 'x', [1]]) expect(() => fillOptions('The x', {}, given as never)).toThrow(OptionError)
  })
})

describe('what a refusal says', () => {
  test('the path inside lists and records, what was expected and what was received', () => {
    const rule: OptionRule = {
      type: 'list',
      of: { type: 'record', fields: { at: { default: 1, min: 0, exclusive: 'min' } } },
      default: [],
    }
    const error = refusal(rule, [{ at: 1 }, { at: 0 }])
    expect(error.option).toBe('it[1].at')
    expect(error.message).toBe(`The head 'x' refuses its option 'it[1].at'. Expected a number above 0, received 0.`)
    expect(refusal(rule, [{ att: 1 }])).toMatchObject({ option: 'it[0].att', parts: { fix: `Did you mean 'at'?` } })
  })

  test('of a union, the member of the same form speaks', () => {
    const rule: OptionRule = {
      type: 'union',
      of: [{ type: 'number' }, { type: 'list', of: { type: 'number' }, length: 2 }],
      default: 1,
    }
    expect(refusal(rule, [1, 'x']).option).toBe('it[1]')
    expect(refusal(rule, 'x').parts.expected).toBe('a number, or a list of 2 values, each a number')
  })

  test('names of Object.prototype are unknown like any other', () => {
    expect(() => fillOptions('The x', { a: { default: 1 } }, { constructor: 1 })).toThrow(/no option 'constructor'/)
    expect(() => fillOptions('The x', { a: { default: 1 } }, { toString: 1 })).toThrow(/no option 'toString'/)
  })
})

test('rules describe themselves', () => {
  expect(describeRule({ default: 1, min: 0, max: 1, exclusive: 'both' })).toBe('a number above 0 and below 1')
  expect(describeRule({ default: 1, integer: true, min: 1 })).toBe('an integer of at least 1')
  expect(describeRule({ type: 'reference', kind: ['quantizer'], extra: ['none'], default: 'none' })).toBe(
    `the name of a quantizer, 'none', or { "name": ..., and options }`,
  )
  expect(describeRule({ type: 'list', of: { default: 0 }, minLength: 1 })).toBe('a list of at least 1 values, each a number')
  expect(ruleType({ default: true })).toBe('boolean')
  expect(ruleType({ default: 'a', values: ['a'] })).toBe('choice')
})

test('options have the types of their rules', () => {
  const rules = {
    width: { default: 1, min: 0 },
    deep: { default: false },
    kind: { default: 'a', values: ['a', 'b'] },
    path: { type: 'text', optional: true },
    steps: { type: 'list', of: { type: 'number' }, default: [] },
    range: { type: 'record', fields: { low: { default: 0 } }, default: {} },
    size: { type: 'union', of: [{ type: 'number' }, { type: 'list', of: { type: 'number' }, length: 2 }], default: 1 },
    seed: { type: 'number', optional: true },
  } as const
  type Options = OptionsOf<typeof rules>
  expectTypeOf<Options['width']>().toEqualTypeOf<number>()
  expectTypeOf<Options['deep']>().toEqualTypeOf<boolean>()
  expectTypeOf<Options['kind']>().toEqualTypeOf<'a' | 'b'>()
  expectTypeOf<Options['path']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Options['steps']>().toEqualTypeOf<readonly number[]>()
  expectTypeOf<Options['range']['low']>().toEqualTypeOf<number>()
  expectTypeOf<Options['size']>().toEqualTypeOf<number | readonly number[]>()
  expectTypeOf<Options['seed']>().toEqualTypeOf<number | undefined>()
})

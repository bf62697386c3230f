import { createContext, runInContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { OptionError } from '../errors.ts'
import { checkOptions } from './check-options.ts'
import * as rules from './value-rules.ts'

interface Options {
  readonly threads?: number | 'auto'
  readonly kernel?: 'tables' | 'popcount'
  readonly loud?: boolean
  readonly signal?: AbortSignal
  readonly sizes?: readonly number[]
}

const check = (given: unknown, required: ('threads' | 'kernel')[] = []) =>
  checkOptions<Options | undefined>(
    'start()',
    given as Options,
    {
      threads: rules.either(rules.oneOf(['auto']), rules.integer({ minimum: 1 })),
      kernel: rules.oneOf(['tables', 'popcount']),
      loud: rules.boolean,
      signal: rules.signal,
      sizes: rules.list(rules.integer({ minimum: 1, maximum: 9 })),
    },
    required,
  )

const unreadable = new Proxy([], {
  get: () => {
    throw new Error('no')
  },
  ownKeys: () => {
    throw new Error('no')
  },
})

describe('checkOptions', () => {
  it.each([[undefined], [{}], [{ threads: 4 }], [{ threads: 'auto', kernel: undefined, loud: false, sizes: [1, 9] }]])(
    'takes %j as it is',
    (given) => {
      expect(check(given)).toEqual(given ?? {})
    },
  )

  it.each<[unknown, RegExp]>([
    [{ thread: 4 }, /^start\(\) has no option 'thread'\. .*Did you mean 'threads'\?$/],
    [{ zzz: 4 }, /^start\(\) has no option 'zzz'\. Expected threads, kernel, loud, signal, sizes\.$/],
    [{ threads: 0 }, /'threads'\. Expected 'auto' or an integer of at least 1, received 0\./],
    [{ threads: null }, /received null/],
    [{ threads: Number.NaN }, /received NaN/],
    [{ kernel: 'table' }, /'kernel'\. Expected 'tables' or 'popcount', received "table"/],
    [{ loud: 'yes' }, /Expected true or false, received "yes"/],
    [{ signal: true }, /Expected an AbortSignal/],
    [{ sizes: [1, 10] }, /'sizes' at \[1\]\. Expected an integer from 1 to 9, received 10/],
    [null, /takes its options as a record.*received null/],
    [[1], /received \[1\]/],
    ['threads', /received "threads"/],
    [() => 1, /received a function/],
  ])('refuses %j', (given, message) => {
    expect(() => check(given)).toThrow(OptionError)
    expect(() => check(given)).toThrow(message)
  })

  it('refuses what throws when it is looked at', () => {
    expect(() => check(unreadable)).toThrow(/takes its options as a record.*received a value that cannot be read/)
    expect(() => check({ sizes: unreadable })).toThrow(
      /'sizes'\. Expected a value that can be read, received a value that cannot/,
    )
    const throwing = {
      get threads() {
        throw new Error('no')
      },
    }
    expect(() => check(throwing)).toThrow(OptionError)
  })

  it('asks for what may not be left out', () => {
    expect(() => check({ kernel: 'tables' }, ['threads'])).toThrow(/start\(\) lacks the option 'threads'\. Expected 'auto' or/)
  })

  it('takes what comes from another realm', () => {
    const other = createContext({ AbortController, URL })
    expect(check(runInContext('({ sizes: [1, 2] })', other))).toEqual({ sizes: [1, 2] })
    expect(check({ signal: runInContext('new AbortController().signal', other) })).toBeDefined()
  })

  it.each([new Map([['threads', 2]]), new Date(0), new Set(), /x/, new Error('x'), Promise.resolve({ threads: 2 })])(
    'refuses the built-in object %s, whose parts are none',
    (given) => {
      expect(() => check(given)).toThrow(/takes its options as a record/)
    },
  )

  it('says of a promise that it has to be awaited, as options and as a part', () => {
    const told = /received a Promise, which has to be awaited first/
    expect(() => check(Promise.resolve({}))).toThrow(told)
    expect(() => check({ kernel: Promise.resolve('tables') })).toThrow(told)
    expect(rules.object({})(Promise.resolve({}))?.received).toMatch(/has to be awaited/)
    expect(rules.record(rules.anything)(Promise.resolve({}))?.received).toMatch(/has to be awaited/)
  })

  it('does not read what a prototype holds', () => {
    expect(() => check({ toString: 1 })).toThrow(/no option 'toString'/)
  })
})

describe('rules of records name the part', () => {
  const rule = rules.object(
    { epochs: rules.list(rules.object({ loss: rules.number() })), classes: rules.list(rules.text, { minimum: 1 }) },
    { ratio: rules.record(rules.number({ minimum: 0, maximum: 1 })) },
  )
  it.each<[unknown, string | undefined]>([
    [{ epochs: [{ loss: 1 }], classes: ['a'], more: 1 }, undefined],
    [{ epochs: [{ loss: 1 }, {}], classes: ['a'] }, 'epochs[1].loss'],
    [{ epochs: [{ loss: 1 }, null], classes: ['a'] }, 'epochs[1]'],
    [{ epochs: [], classes: [] }, 'classes'],
    [{ epochs: [], classes: ['a'], ratio: { conv: 2 } }, 'ratio.conv'],
    [[], ''],
    [null, ''],
  ])('%j', (value, at) => {
    expect(rule(value)?.at).toBe(at)
  })
})

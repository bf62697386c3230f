/** Values that callers pass by mistake, in place of one argument or one part of it. */

class Thing {
  readonly width = 2
}

export const GARBAGE: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  Number.NaN,
  2 ** 40,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  10n,
  'x',
  '',
  'a'.repeat(100_000),
  'constructor',
  '__proto__',
  Symbol('s'),
  [],
  [null],
  ['x', 1],
  new Array(2),
  [-1, 2 ** 40, Number.NaN],
  {},
  { nonsense: 1 },
  Object.create(null),
  new Map(),
  new Date(0),
  new Float64Array(2),
  new Uint8Array(3),
  () => undefined,
  new Thing(),
  { plugin: 1 },
  { kind: 1, name: 'x', options: {} },
]

/** The arguments with garbage in place of each argument and of each part of a record, and with an unknown part. */
export function* spoiled(good: readonly unknown[]): Generator<readonly [what: string, given: readonly unknown[]]> {
  yield ['nothing', []]
  for (const [index, argument] of good.entries()) {
    for (const [number, bad] of GARBAGE.entries()) yield [`argument ${index} as garbage ${number}`, good.with(index, bad)]
    if (Object.prototype.toString.call(argument) !== '[object Object]' || Object.getPrototypeOf(argument) !== Object.prototype)
      continue
    yield [`argument ${index} with one part more`, good.with(index, { ...(argument as object), nonsense: 1 })]
    for (const key of Object.keys(argument as object)) {
      for (const [number, bad] of GARBAGE.entries()) {
        yield [`part ${key} of argument ${index} as garbage ${number}`, good.with(index, { ...(argument as object), [key]: bad })]
      }
    }
  }
}

/** The error of a call that throws or rejects; undefined if it succeeds. */
export async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
    return undefined
  } catch (error) {
    return error ?? new Error('something empty was thrown')
  }
}

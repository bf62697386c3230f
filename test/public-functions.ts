/**
 * Calls every public function of a package with garbage. The function refuses unusable values with its own typed error, never
 * with an error of the engine, and ignores no option. The test lists a package's exports itself, and an export without a trial
 * fails.
 */
import { completeOptions, OnebitError, type Plugin } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import { failureOf, spoiled } from './garbage.ts'

type Call = (...given: never[]) => unknown

export interface Trial {
  /** Valid arguments of the function. `undefined` among them means that the argument is optional. */
  readonly good: readonly unknown[]
  /** Indices of arguments with options. An unknown name must be refused, and so must a symbol as the value of each option. */
  readonly options?: readonly number[]
  /** The call in place of the function, or of `new` for a class. It may use the result, for example. */
  readonly call?: Call
  /** True if the valid arguments are refused too: refusing is the function's purpose, or the folder does not exist. */
  readonly refuses?: boolean
}

/** Trials by the name of the export. `runtime.decode` is a function in an exported record, `pipeline().run` one of a result. */
export type Trials = Readonly<Record<string, readonly unknown[] | Trial>>

export interface TrialSettings {
  /** Exports that only types protect, with the reason for each. `rules` stands for all functions in that record. */
  readonly untried?: Readonly<Record<string, string>>
  /** Default: an `OnebitError`. */
  readonly isTyped?: (error: unknown) => boolean
}

const isFunction = (value: unknown): value is Call => typeof value === 'function'
const isClass = (value: unknown): boolean => isFunction(value) && /^class\b/.test(String(value))
const isError = (value: unknown): boolean => isFunction(value) && value.prototype instanceof Error
const isPlugin = (value: unknown): value is Plugin =>
  typeof value === 'object' && value !== null && 'kind' in value && 'name' in value && 'options' in value
const isTrial = (given: readonly unknown[] | Trial): given is Trial => !Array.isArray(given)

/** All callable names of an export. */
function* functionsOf([name, value]: [string, unknown]): Generator<string> {
  if (isFunction(value)) {
    if (!isError(value)) yield name
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlugin(value)) {
    for (const [key, part] of Object.entries(value)) if (isFunction(part)) yield `${name}.${key}`
  }
}

function callOf(exports: Readonly<Record<string, unknown>>, name: string): Call {
  const [first, key] = name.split('.')
  const value = key === undefined ? exports[first] : (exports[first] as Record<string, unknown>)[key]
  if (isClass(value)) return (...given) => new (value as new (...all: never[]) => unknown)(...given)
  return value as Call
}

/** The arguments with an unknown option, and with an impossible value for each option. */
function* swallowed({ good, options = [] }: Trial): Generator<readonly [what: string, given: readonly unknown[]]> {
  for (const index of options) {
    const given = good[index] as Readonly<Record<string, unknown>>
    yield [`an unknown option in argument ${index}`, good.with(index, { ...given, nonsense: 1 })]
    for (const key of Object.keys(given)) {
      yield [`a symbol as the option ${key} of argument ${index}`, good.with(index, { ...given, [key]: Symbol('s') })]
    }
  }
}

/** Maximum length of an error message, and maximum time of a call. */
const MOST_CHARACTERS = 10_000
const MOST_MILLISECONDS = 5000

export async function expectTyped(
  name: string,
  call: Call,
  trial: Trial,
  isTyped = (error: unknown): boolean => OnebitError.isInstance(error),
): Promise<void> {
  const told = (error: unknown): string => String((error as Error | undefined)?.stack ?? error)
  const first = await failureOf(() => call(...(trial.good as never[])))
  if (!trial.refuses) expect(first, `${name}: ${told(first)}`).toBeUndefined()
  const faults: string[] = []
  const attempt = async (what: string, given: readonly unknown[]): Promise<unknown> => {
    const start = performance.now()
    const error = await failureOf(() => call(...(given as never[])))
    if (error !== undefined && !isTyped(error)) faults.push(`${what}: ${told(error).split('\n').slice(0, 4).join('\n')}`)
    if (told(error).length > MOST_CHARACTERS) faults.push(`${what}: a message of ${told(error).length} characters`)
    if (performance.now() - start > MOST_MILLISECONDS) faults.push(`${what}: ${performance.now() - start} ms`)
    return error
  }
  for (const [what, given] of spoiled(trial.good)) await attempt(what, given)
  for (const [what, given] of swallowed(trial)) if ((await attempt(what, given)) === undefined) faults.push(`${what}: taken`)
  expect(faults, name).toEqual([])
}

/** Registers the trials of a package. @param exports The package's namespace. */
export function testPublicFunctions(exports: object, trials: Trials, settings: TrialSettings = {}): void {
  const { untried = {}, isTyped } = settings
  const entries = Object.entries(exports)
  const isOfExport = (name: string): boolean => !name.includes('()')

  describe('public functions', () => {
    it('are all tried here', () => {
      const callable = entries.flatMap((entry) => [...functionsOf(entry)])
      const isUntried = (name: string): boolean => Object.hasOwn(untried, name) || Object.hasOwn(untried, name.split('.')[0])
      expect(Object.keys(trials).filter(isOfExport).sort()).toEqual(callable.filter((name) => !isUntried(name)).sort())
    })

    it.each(Object.keys(trials))('%s', async (name) => {
      const given = trials[name]
      const trial = isTrial(given) ? given : { good: given }
      await expectTyped(name, trial.call ?? callOf(exports as Readonly<Record<string, unknown>>, name), trial, isTyped)
    })

    const plugins = entries.map(([, value]) => value).filter(isPlugin)
    if (plugins.length === 0) return
    it.each(plugins.map((plugin) => [`${plugin.kind} ${plugin.name}`, plugin] as const))(
      'options of the %s',
      async (name, plugin) => {
        const rules = Object.entries(plugin.options)
        const complete = (options: never): unknown => completeOptions(plugin, options)
        const required = rules.filter(([, rule]) => rule.default === undefined && !rule.optional)
        expect(required, `${name} has options without a default: give them here`).toEqual([])
        await expectTyped(name, complete, {
          good: [Object.fromEntries(rules.map(([key, rule]) => [key, rule.default]))],
          options: [0],
        })
      },
    )
  })
}

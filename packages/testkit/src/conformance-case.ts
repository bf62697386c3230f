/** A suite is data: named cases, for any test runner or for a loop. */

import { checkArguments, rules } from '@onebit/core'

export interface ConformanceCase {
  readonly name: string
  /** @throws ConformanceError if the plugin breaks the requirement in the name. */
  run(): Promise<void>
}

/** `test` of vitest, of `node:test`, or any function with their first two parameters. */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown

const casesRule = rules.list(rules.object({ name: rules.text, run: rules.callback }))

export function registerCases(cases: readonly ConformanceCase[], test: TestFunction): void {
  checkArguments('registerCases()', { cases: [cases, casesRule], test: [test, rules.callback] })
  for (const { name, run } of cases) test(name, run)
}

/** Runs every case and returns the errors of those that failed, by case name. */
export async function failures(cases: readonly ConformanceCase[]): Promise<Map<string, Error>> {
  checkArguments('failures()', { cases: [cases, casesRule] })
  const failed = new Map<string, Error>()
  for (const { name, run } of cases) {
    try {
      await run()
    } catch (error) {
      failed.set(name, error as Error)
    }
  }
  return failed
}

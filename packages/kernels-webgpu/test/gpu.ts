/** The GPU of the tests, if there is one. */
import { describe, test } from 'vitest'
import { adapterMissing, adapterSource } from '../../../test/adapter.ts'

/** Tests run on it. Without an adapter they are skipped. */
export const gpu = adapterSource as GPU

/** Tests that need an adapter. Without one they are skipped, and their title says why. */
export function describeOnGpu(title: string, tests: () => void | Promise<void>): void {
  if (!adapterMissing || process.env.ONEBIT_REQUIRE_OPTIONAL === '1') describe(title, tests)
  else test.skip(`${title}: skipped, ${adapterMissing}`, () => {})
}

/** The GPU that tests run on. */
import { describe, test } from 'vitest'
import { adapterMissing, adapterSource } from '../../../test/adapter.ts'

/** What tests run on; they are skipped where there is none. */
export const gpu = adapterSource as GPU

/** Tests that need an adapter; without one they are skipped, and their title says why. */
export function describeOnGpu(title: string, tests: () => void): void {
  if (!adapterMissing || process.env.ONEBIT_REQUIRE_OPTIONAL === '1') describe(title, tests)
  else test.skip(`${title}: skipped, ${adapterMissing}`, () => {})
}

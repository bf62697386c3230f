/** The GPU that tests run on, where there is one. */
import { describe, test } from 'vitest'
import { findNodeGpu } from './node-gpu.ts'

const { gpu: found, missing } = await findNodeGpu()

/** What tests run on; they are skipped where there is none. */
export const gpu = found as GPU

/** Tests that need an adapter; without one they are skipped, and their title says why. */
export function describeOnGpu(title: string, tests: () => void | Promise<void>): void {
  if (!missing || process.env.ONEBIT_REQUIRE_OPTIONAL === '1') describe(title, tests)
  else test.skip(`${title}: skipped, ${missing}`, () => {})
}

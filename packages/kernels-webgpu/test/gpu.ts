/** The GPU that tests run on: Chromium's renderer on the processor, in Node, unless the environment names another driver. */
import { existsSync } from 'node:fs'
import { describe, test } from 'vitest'
import { nodeGpu } from '../src/node.ts'
import { webgpu } from '../src/webgpu-backend.ts'

/** Where Chromium's package has its driver. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (existsSync(DRIVER)) process.env.VK_DRIVER_FILES ??= DRIVER

async function find(): Promise<{ readonly gpu?: GPU; readonly missing?: string }> {
  const gpu = await nodeGpu().catch((error: Error) => error)
  if (gpu instanceof Error) return { missing: gpu.message }
  const support = await webgpu({ gpu }).isSupported()
  return support.supported ? { gpu } : { missing: `${support.reason} On Debian, install libvulkan1 and chromium.` }
}

const { gpu: found, missing } = await find()

/** What tests run on; they are skipped where there is none. */
export const gpu = found as GPU

/** Tests that need an adapter; without one they are skipped, and their title says why. */
export function describeOnGpu(title: string, tests: () => void | Promise<void>): void {
  if (!missing || process.env.ONEBIT_REQUIRE_OPTIONAL === '1') describe(title, tests)
  else test.skip(`${title}: skipped, ${missing}`, () => {})
}

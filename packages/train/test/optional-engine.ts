/** Declares tests of engines that need more than npm packages. */
import { existsSync } from 'node:fs'
import { type EngineName, startEngine } from '@onebit/train'
import { describe, test } from 'vitest'

/** Chromium includes a software renderer. With it, WebGPU gives the same results on every machine. */
const SOFTWARE_RENDERER = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (existsSync(SOFTWARE_RENDERER)) process.env.VK_DRIVER_FILES ??= SOFTWARE_RENDERER

const how: Partial<Record<EngineName, string>> = {
  node: 'In this repository: node packages/train/scripts/build-tfjs-node.mjs',
  webgpu: 'For a software adapter: apt-get install libvulkan1 chromium',
}

/**
 * Declares tests that run on an engine. If it does not start, they are skipped with the reason, or fail with
 * `ONEBIT_REQUIRE_OPTIONAL=1`.
 */
export async function describeOnEngine(name: EngineName, declare: () => void): Promise<void> {
  const reason = await startEngine(name).then(
    ({ description }) => void console.log(`engine ${description}`),
    (error: unknown) => `${error} ${how[name]}`,
  )
  if (reason === undefined) describe(`on ${name}`, declare)
  else if (process.env.ONEBIT_REQUIRE_OPTIONAL === '1') test(`on ${name}`, () => Promise.reject(new Error(reason)))
  else test.skip(`on ${name}: ${reason}`, () => {})
}

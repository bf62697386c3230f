/** The GPU of tests and programs in Node: Chromium's renderer on the processor, unless the environment names another driver. */
import { existsSync } from 'node:fs'
import { nodeGpu } from '../src/node.ts'
import { webgpu } from '../src/webgpu-backend.ts'

/** Where Chromium's package has its driver. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json'

/** A GPU with an adapter, or why there is none. */
export async function findNodeGpu(): Promise<{ readonly gpu?: GPU; readonly missing?: string }> {
  if (existsSync(DRIVER)) process.env.VK_DRIVER_FILES ??= DRIVER
  const gpu = await nodeGpu().catch((error: Error) => error)
  if (gpu instanceof Error) return { missing: gpu.message }
  const support = await webgpu({ gpu }).isSupported()
  return support.supported ? { gpu } : { missing: `${support.reason} On Debian, install libvulkan1 and chromium.` }
}

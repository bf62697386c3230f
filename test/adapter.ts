/** The adapter of WebGPU that tests run on in Node: Chromium's renderer on the processor, unless the environment names another driver. */
import { existsSync } from 'node:fs'
import { nodeGpu, webgpu } from '@onebit/kernels-webgpu/node'

/** Where Chromium's package has its driver. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (existsSync(DRIVER)) process.env.VK_DRIVER_FILES ??= DRIVER

async function find(): Promise<{ readonly gpu?: GPU; readonly missing?: string }> {
  const gpu = await nodeGpu().catch((error: Error) => error)
  if (gpu instanceof Error) return { missing: gpu.message }
  const support = await (await webgpu({ gpu })).isSupported()
  return support.supported ? { gpu } : { missing: `${support.reason} On Debian, install libvulkan1 and chromium.` }
}

const found = await find()

/** Where its adapters come from; undefined where there is none. */
export const adapterSource = found.gpu

/** Why there is no adapter, if there is none. */
export const adapterMissing: string | undefined = found.missing

/** WebGPU in Node, by Dawn: the package `webgpu`, which has to be installed. */
import { type Backend, BackendUnsupportedError, checkArguments, checkRecord, rules, type Web } from '@onebit/core'
import { type WebgpuBackend, type WebgpuOptions, webgpu as webgpuOn } from './webgpu-backend.ts'
import { webgpuPlugin } from './webgpu-plugin.ts'

export { DeviceError, DeviceLostError } from './device/errors.ts'
export type { WebgpuNetwork } from './run/webgpu-network.ts'
export type { WebgpuBackend, WebgpuOptions } from './webgpu-backend.ts'

/**
 * What `navigator.gpu` is in a page.
 * @param settings Dawn's own, such as `adapter=NVIDIA`; its documentation lists them.
 * @throws OptionError unless the settings are words; BackendUnsupportedError if the package is not there, or does not load.
 */
export async function nodeGpu(settings: readonly string[] = []): Promise<Web<'GPU'>> {
  checkArguments('nodeGpu()', { settings: [settings, rules.list(rules.text)] })
  try {
    const { create } = await import('webgpu')
    return create([...settings])
  } catch (cause) {
    throw new BackendUnsupportedError(
      {
        what: 'WebGPU cannot be set up in Node.',
        received: (cause as Error).message,
        fix: 'Install the package: npm install webgpu. On Linux it needs libvulkan1 and a Vulkan driver.',
      },
      { cause },
    )
  }
}

/** `webgpu()` of the package's main entry on the GPU that Dawn finds. */
export async function webgpu(options?: WebgpuOptions): Promise<WebgpuBackend> {
  if (options !== undefined) checkRecord('webgpu()', options)
  return options?.gpu || options?.device ? webgpuOn(options) : webgpuOn({ ...options, gpu: await nodeGpu() })
}

export const webgpuBackend: Backend = /* @__PURE__ */ webgpuPlugin(webgpu)

/** What this package brings, for `createRegistry`. */
const plugins: readonly Backend[] = [webgpuBackend]
export default plugins

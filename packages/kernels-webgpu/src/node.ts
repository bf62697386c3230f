/** WebGPU in Node, by Dawn: the package `webgpu`, which must be installed. */
import { type Backend, BackendUnsupportedError, checkArguments, checkRecord, rules, type Web } from '@onebit/core'
import { type WebgpuBackend, type WebgpuOptions, webgpu as webgpuOn } from './webgpu-backend.ts'
import { webgpuPlugin } from './webgpu-plugin.ts'

export { DeviceError, DeviceLostError } from './device/errors.ts'
export type { WebgpuNetwork } from './run/webgpu-network.ts'
export type { WebgpuBackend, WebgpuOptions } from './webgpu-backend.ts'

/**
 * The source of adapters, like `navigator.gpu` in a page.
 * @param settings Settings of Dawn, such as `adapter=NVIDIA`. Its documentation lists them.
 * @throws OptionError unless the settings are strings; BackendUnsupportedError if the package is missing or does not load.
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

/** The plugins of this package, for `createRegistry`. */
const plugins: readonly Backend[] = [webgpuBackend]
export default plugins

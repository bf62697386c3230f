import type { Backend } from '@onebit/core'
import { webgpu } from './webgpu-backend.ts'
import { webgpuPlugin } from './webgpu-plugin.ts'

export { DeviceError, DeviceLostError } from './device/errors.ts'
export type { WebgpuNetwork } from './run/webgpu-network.ts'
export { type WebgpuBackend, type WebgpuOptions, webgpu } from './webgpu-backend.ts'

export const webgpuBackend: Backend = /* @__PURE__ */ webgpuPlugin(webgpu)

/** The plugins of this package, for `createRegistry`. */
const plugins: readonly Backend[] = [webgpuBackend]
export default plugins

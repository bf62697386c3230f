/** The backend by its name, for registries: `--backend webgpu`. */
import { type Backend, defineBackend, type KernelBackend } from '@onebit/core'
import type { WebgpuOptions } from './webgpu-backend.ts'

type NamedOptions = Pick<WebgpuOptions, 'powerPreference' | 'arithmetic' | 'tiles'>

/** @param create Makes the backend, where the engine has its GPU. */
export function webgpuPlugin(create: (options: NamedOptions) => KernelBackend | Promise<KernelBackend>): Backend {
  return /* @__PURE__ */ defineBackend({
    name: 'webgpu',
    package: '@onebit/kernels-webgpu',
    options: {
      powerPreference: {
        values: ['low-power', 'high-performance'],
        optional: true,
        description: 'which adapter to prefer, where there are several',
      },
      arithmetic: {
        values: ['guarded', 'plain'],
        optional: true,
        description: 'guarded gives the bits of the reference, plain lets compilers fuse products with sums',
      },
      tiles: {
        values: ['trial', 'rule'],
        optional: true,
        description: 'how tiles of binary layers are chosen (default: by a short trial, on software adapters by rule)',
      },
    },
    create,
  })
}

declare module '@onebit/core' {
  interface BackendNames {
    webgpu: NamedOptions
  }
}

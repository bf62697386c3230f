/** The backend by its name, for registries: `--backend webgpu`. */
import { type Backend, defineBackend, type KernelBackend } from '@onebit/core'
import type { WebgpuOptions } from './webgpu-backend.ts'

type NamedOptions = Pick<
  WebgpuOptions,
  'powerPreference' | 'arithmetic' | 'tiles' | 'stem' | 'weights' | 'subgroups' | 'shaderF16' | 'packedDots'
>

/** @param create Makes the backend on the engine's GPU. */
export function webgpuPlugin(create: (options: NamedOptions) => KernelBackend | Promise<KernelBackend>): Backend {
  return /* @__PURE__ */ defineBackend({
    name: 'webgpu',
    package: '@onebit/kernels-webgpu',
    options: {
      powerPreference: {
        values: ['low-power', 'high-performance'],
        optional: true,
        description: 'preferred adapter, if there are several',
      },
      arithmetic: {
        values: ['guarded', 'plain'],
        optional: true,
        description: 'guarded gives the bits of the reference, plain lets compilers fuse products with sums',
      },
      tiles: {
        values: ['trial', 'rule'],
        optional: true,
        description: 'choice of tiles for binary layers (default: by a short trial, on software adapters by rule)',
      },
      stem: {
        values: ['float32', 'int8'],
        optional: true,
        description: 'the arithmetic of real convolutions that read a graph input',
      },
      weights: {
        values: ['float32', 'float16'],
        optional: true,
        description: 'storage of the weights of real layers; float16 changes results',
      },
      subgroups: { type: 'boolean', optional: true, description: 'use subgroups, if the device has them (default: true)' },
      shaderF16: {
        type: 'boolean',
        optional: true,
        description: 'read weights of float16 with shader-f16, if the device has it (default: true)',
      },
      packedDots: {
        type: 'boolean',
        optional: true,
        description: 'use dot products of bytes in a stem of int8, if WGSL has them (default: true)',
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

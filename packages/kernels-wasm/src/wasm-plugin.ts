/** The backend as a plugin, for registries: `--backend wasm:threads=auto`. */
import { type Backend, defineBackend } from '@onebit/core'
import { wasm } from './wasm-backend.ts'

// Pure, so that a page that never uses its name does not load it.
export const wasmBackend: Backend = /* @__PURE__ */ defineBackend({
  name: 'wasm',
  package: '@onebit/kernels-wasm',
  options: {
    threads: {
      type: 'union',
      of: [{ values: ['auto'] }, { type: 'number', min: 1, integer: true }],
      default: 1,
      description: 'number of threads for a run; `auto` takes one per processor, up to 8',
    },
    stem: {
      default: 'float32',
      values: ['float32', 'int16', 'int8'],
      description: 'arithmetic of real convolutions of the input; integers are faster but round the input',
    },
    binaryKernel: {
      values: ['tables', 'popcount'],
      optional: true,
      description: 'kernel for binary layers (default: the faster one in a short trial)',
    },
    tileOutputs: {
      values: [32, 64],
      optional: true,
      description: 'outputs per table lookup (default: the fastest in a short trial)',
    },
    relaxedSimd: { default: true, description: 'use relaxed SIMD if the engine supports it' },
  },
  create: ({ threads, ...options }) => wasm({ ...options, threads: threads as 'auto' | number }),
})

declare module '@onebit/core' {
  interface BackendNames {
    wasm: {
      threads?: 'auto' | number
      stem?: 'float32' | 'int16' | 'int8'
      binaryKernel?: 'tables' | 'popcount'
      tileOutputs?: 32 | 64
      relaxedSimd?: boolean
    }
  }
}

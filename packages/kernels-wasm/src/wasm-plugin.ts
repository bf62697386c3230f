/** The backend by its name, for registries: `--backend wasm:threads=auto`. */
import { type Backend, defineBackend } from '@onebit/core'
import { wasm } from './wasm-backend.ts'

// Pure: a page that never asks for it by name does not carry it.
export const wasmBackend: Backend = /* @__PURE__ */ defineBackend({
  name: 'wasm',
  package: '@onebit/kernels-wasm',
  options: {
    threads: {
      type: 'union',
      of: [{ values: ['auto'] }, { type: 'number', min: 1, integer: true }],
      default: 1,
      description: 'threads that share the work of a run; `auto` takes one a processor, up to 8',
    },
    stem: {
      default: 'float32',
      values: ['float32', 'int16', 'int8'],
      description: 'arithmetic of real convolutions of the input; integers are faster and round it',
    },
    binaryKernel: {
      values: ['tables', 'popcount'],
      optional: true,
      description: 'how binary layers are counted (default: what is faster in a short trial)',
    },
    tileOutputs: {
      values: [32, 64],
      optional: true,
      description: 'outputs of a table at a time (default: what is faster in a short trial)',
    },
    relaxedSimd: { default: true, description: 'use relaxed SIMD where the engine has it' },
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

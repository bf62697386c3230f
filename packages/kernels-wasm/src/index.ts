import type { Backend } from '@onebit/core'
import { wasmBackend } from './wasm-plugin.ts'

export type { ModuleSource } from './loading/load-module.ts'
export type { KernelExecutable } from './run/kernel-executable.ts'
export { WorkerLostError } from './threads/worker-lost-error.ts'
export { type WasmBackend, type WasmOptions, wasm } from './wasm-backend.ts'

export { wasmBackend }

/** The plugins of this package, for `createRegistry`. */
const plugins: readonly Backend[] = [wasmBackend]
export default plugins

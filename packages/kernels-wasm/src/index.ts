export type { ModuleSource } from './loading/load-module.ts'
export type { KernelExecutable } from './run/kernel-executable.ts'
export { WorkerLostError } from './threads/worker-lost-error.ts'
export { type WasmBackend, type WasmOptions, wasm } from './wasm-backend.ts'

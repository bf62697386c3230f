export type { ModuleSource } from './loading/load-module.ts'
export { WorkerLostError } from './threads/worker-lost-error.ts'
export { type WasmBackend, type WasmOptions, wasm } from './wasm-backend.ts'
export type { KernelExecutable } from './wasm-executable.ts'

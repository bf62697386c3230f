export type { ModuleSource } from './loading/load-module.ts'
export { type WasmOptions, wasm } from './wasm-backend.ts'

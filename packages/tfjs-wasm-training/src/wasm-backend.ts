import * as tf from '@tensorflow/tfjs-core'
import { WasmBackendError } from './errors.ts'

/** The parts of tfjs-backend-wasm 4.22 that this package uses. They are private there, so `wasmBackend` checks that they exist. */
export interface WasmBackend extends tf.KernelBackend {
  readonly wasm: {
    /** A view of the whole memory; Emscripten replaces it when the memory grows. */
    readonly HEAPU8: Uint8Array
    /** The exports of the backend's module. */
    readonly asm?: Readonly<Record<string, unknown>>
    readonly wasmMemory?: unknown
    _malloc(bytes: number): number
    _free(pointer: number): void
  }
  readonly dataIdMap: { get(dataId: tf.TensorInfo['dataId']): { memoryOffset: number } }
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo
  incRef(dataId: tf.TensorInfo['dataId']): void
  disposeData(dataId: tf.TensorInfo['dataId']): boolean
}

/** Returns the current backend, which must be the WebAssembly one. Throws `WasmBackendError` otherwise. */
export function wasmBackend(): WasmBackend {
  const name = tf.getBackend()
  if (name !== 'wasm') {
    throw new WasmBackendError({
      what: 'The training kernels belong to the WebAssembly backend of TensorFlow.js.',
      expected: `the current backend to be 'wasm'`,
      received: name === undefined ? 'no backend' : `'${name}'`,
      fix: `Import '@tensorflow/tfjs-backend-wasm' and await tf.setBackend('wasm') first.`,
    })
  }
  const backend = tf.backend() as WasmBackend
  const missing = [
    [backend.wasm?.HEAPU8 instanceof Uint8Array, 'wasm.HEAPU8'],
    [typeof backend.wasm?._malloc === 'function', 'wasm._malloc'],
    [typeof backend.wasm?._free === 'function', 'wasm._free'],
    [typeof backend.dataIdMap?.get === 'function', 'dataIdMap'],
    [typeof backend.makeOutput === 'function', 'makeOutput'],
  ].flatMap(([present, member]) => (present ? [] : [member]))
  if (missing.length > 0) {
    throw new WasmBackendError({
      what: 'This version of the WebAssembly backend of TensorFlow.js is not one that the training kernels know.',
      expected: 'the members of @tensorflow/tfjs-backend-wasm 4.22.0',
      received: `a backend without ${missing.join(', ')}`,
      fix: 'Install @tensorflow/tfjs-backend-wasm@4.22.0.',
    })
  }
  return backend
}

/** Returns the memory of the backend's tensors, or the reason why it cannot be reached. */
export function backendMemory(backend: WasmBackend): WebAssembly.Memory | string {
  const candidates = [backend.wasm.wasmMemory, ...Object.values(backend.wasm.asm ?? {})]
  const memory = candidates.find((value) => value instanceof WebAssembly.Memory && value.buffer === backend.wasm.HEAPU8.buffer)
  return (memory as WebAssembly.Memory | undefined) ?? 'the backend does not expose its WebAssembly.Memory'
}

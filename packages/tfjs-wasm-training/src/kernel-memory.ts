import * as tf from '@tensorflow/tfjs-core'
import { KernelInputError, TrainingKernelsError } from './errors.ts'
import { instantiate, type KernelExports, readModule } from './load-module.ts'
import { backendMemory, type WasmBackend } from './wasm-backend.ts'

/** The memory of one kernel call. Pointers are valid until the call ends. */
export interface KernelCall {
  readonly wasm: KernelExports
  /** The address of a tensor's values. They may belong to several tensors, so kernels never write to them. */
  input(tensor: tf.TensorInfo): number
  /** Makes a tensor with undefined values and returns it with its address. */
  output(shape: number[], dtype?: tf.DataType): [tensor: tf.TensorInfo, pointer: number]
  /** The address of `bytes` bytes of undefined content. */
  scratch(bytes: number): number
  /** A view of `count` floats, valid until the next request for memory. */
  floats(pointer: number, count: number): Float32Array
}

/** The memory of operands. `call` runs one kernel and releases its scratch memory. */
export interface KernelMemory {
  readonly backend: WasmBackend
  /** True if kernels work on the tensors in place. */
  readonly shared: boolean
  /** The reason why tensors are copied. Undefined if they are not. */
  readonly reason?: string
  call<T>(kernel: (call: KernelCall) => T): T
}

/** The options of `openKernelMemory`. */
export interface KernelMemoryOptions {
  /** The bytes of `wasm/kernels.wasm`, for environments where the package cannot read its own file. */
  wasm?: BufferSource
  /** `shared` works on tensors in place where possible; `copied` always copies them. Default `shared`. */
  memory?: 'shared' | 'copied'
}

/** Instantiates the kernels on the memory of the backend or, if that is impossible, on a memory of their own. */
export async function openKernelMemory(backend: WasmBackend, options: KernelMemoryOptions = {}): Promise<KernelMemory> {
  let reason = 'the option `memory` is `copied`'
  if (options.memory !== 'copied') {
    const memory = backendMemory(backend)
    if (typeof memory === 'string') {
      reason = memory
    } else {
      const threaded = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer
      try {
        return sharedMemory(backend, await instantiate(options.wasm ?? (await readModule(threaded)), memory))
      } catch (error) {
        // The bytes in `options.wasm` do not work on a memory shared between threads, but on a memory of their own.
        if (!TrainingKernelsError.isInstance(error) || !threaded) throw error
        reason = error.message
      }
    }
  }
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 })
  const wasm = await instantiate(options.wasm ?? (await readModule(false)), memory)
  return copiedMemory(backend, wasm, memory, reason)
}

function assertKnown(tensor: tf.TensorInfo): void {
  if (tensor.dtype === 'string' || tensor.dtype === 'complex64') {
    throw new KernelInputError({
      what: 'A training kernel cannot read this tensor.',
      expected: 'float32, int32 or bool',
      received: tensor.dtype,
    })
  }
}

function sharedMemory(backend: WasmBackend, wasm: KernelExports): KernelMemory {
  const address = (tensor: tf.TensorInfo) => {
    assertKnown(tensor)
    return backend.dataIdMap.get(tensor.dataId).memoryOffset
  }
  return {
    backend,
    shared: true,
    call(kernel) {
      const blocks: number[] = []
      try {
        return kernel({
          wasm,
          input: address,
          output(shape, dtype = 'float32') {
            const tensor = backend.makeOutput(shape, dtype)
            return [tensor, address(tensor)]
          },
          scratch(bytes) {
            const block = backend.wasm._malloc(bytes) >>> 0
            if (block === 0)
              throw new TrainingKernelsError({ what: `The backend has no ${bytes} bytes left for scratch memory.` })
            blocks.push(block)
            return block
          },
          floats: (pointer, count) => new Float32Array(backend.wasm.HEAPU8.buffer, pointer, count),
        })
      } finally {
        for (const block of blocks) backend.wasm._free(block)
      }
    },
  }
}

function copiedMemory(backend: WasmBackend, wasm: KernelExports, memory: WebAssembly.Memory, reason: string): KernelMemory {
  const page = 65536
  return {
    backend,
    shared: false,
    reason,
    call(kernel) {
      // A stack of operands that starts over with each call. It begins at 64, because address 0 means "none" to kernels.
      let end = 64
      const results: { tensor: tf.TensorInfo; pointer: number }[] = []
      const bytesOf = (tensor: tf.TensorInfo) => tf.util.sizeFromShape(tensor.shape) * tf.util.bytesPerElement(tensor.dtype)
      const scratch = (bytes: number) => {
        const pointer = end
        end += (bytes + 63) & ~63
        const missing = end - memory.buffer.byteLength
        if (missing > 0) memory.grow(Math.ceil(missing / page))
        return pointer
      }
      const input = (tensor: tf.TensorInfo) => {
        assertKnown(tensor)
        const size = bytesOf(tensor)
        const pointer = scratch(size)
        const { memoryOffset } = backend.dataIdMap.get(tensor.dataId)
        const target = new Uint8Array(memory.buffer, pointer, size)
        target.set(backend.wasm.HEAPU8.subarray(memoryOffset, memoryOffset + size))
        return pointer
      }
      const result = kernel({
        wasm,
        input,
        output(shape, dtype = 'float32') {
          const tensor = backend.makeOutput(shape, dtype)
          const pointer = scratch(bytesOf(tensor))
          results.push({ tensor, pointer })
          return [tensor, pointer]
        },
        scratch,
        floats: (pointer, count) => new Float32Array(memory.buffer, pointer, count),
      })
      for (const { tensor, pointer } of results) {
        const values = new Uint8Array(memory.buffer, pointer, bytesOf(tensor))
        backend.wasm.HEAPU8.set(values, backend.dataIdMap.get(tensor.dataId).memoryOffset)
      }
      return result
    },
  }
}

/** The backend: compiles graphs to programs of WebAssembly kernels. */
import { BackendUnsupportedError, type KernelBackend } from '@onebit/core'
import { instantiate } from './loading/kernels.ts'
import { loadModule, type ModuleSource } from './loading/load-module.ts'
import { checkSupport, hasRelaxedSimd } from './loading/support.ts'
import { compileGraph } from './program/compile-graph.ts'
import { WasmExecutable } from './wasm-executable.ts'

export interface WasmOptions {
  /** The kernels, where they cannot be found beside the package: their bytes, compiled module or URL. */
  readonly module?: ModuleSource
  /** Use relaxed SIMD where the engine has it: the same results, faster on x86. Default true. */
  readonly relaxedSimd?: boolean
}

function defaultModule(relaxedSimd: boolean): URL {
  return relaxedSimd && hasRelaxedSimd()
    ? new URL('../wasm/kernels-relaxed.wasm', import.meta.url)
    : new URL('../wasm/kernels.wasm', import.meta.url)
}

/** XNOR/popcount kernels in WebAssembly SIMD. The module is loaded at the first `compile` and shared by all graphs. */
export function wasm({ module, relaxedSimd = true }: WasmOptions = {}): KernelBackend {
  let loading: Promise<WebAssembly.Module> | undefined
  const load = (): Promise<WebAssembly.Module> => {
    loading ??= loadModule(module ?? defaultModule(relaxedSimd)).catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }
  return {
    name: 'kernels-wasm',
    isSupported: async () => checkSupport(),
    async compile(graph) {
      const program = compileGraph(graph)
      const support = checkSupport()
      if (!support.supported) {
        throw new BackendUnsupportedError({
          what: `The backend 'kernels-wasm' cannot run here: ${support.reason}`,
          fix: 'Use the reference backend, or a newer engine.',
        })
      }
      return new WasmExecutable(program, await instantiate(await load(), program.memory.bytes))
    },
    explain: async (graph) => compileGraph(graph).explanations,
  }
}

/** The backend: compiles graphs to programs of WebAssembly kernels. */
import { BackendUnsupportedError, type KernelBackend } from '@onebit/core'
import { chooseTile, DEFAULT_WIDTHS, type TileWidths } from './loading/choose-tile.ts'
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
  /** Outputs that the table kernel computes at a time. Default: whichever is faster in a short trial. */
  readonly tileOutputs?: 32 | 64
  /** How binary layers are counted: by lookup tables (default), or by popcount, which may suit processors with a vector popcount. */
  readonly binaryKernel?: 'tables' | 'popcount'
}

function defaultModule(relaxedSimd: boolean): URL {
  return relaxedSimd && hasRelaxedSimd()
    ? new URL('../wasm/kernels-relaxed.wasm', import.meta.url)
    : new URL('../wasm/kernels.wasm', import.meta.url)
}

interface Loaded {
  readonly module: WebAssembly.Module
  readonly tileWidths: TileWidths
}

const WIDTHS: Readonly<Record<32 | 64, TileWidths>> = { 32: [2, 1], 64: DEFAULT_WIDTHS }

/**
 * XNOR/popcount kernels in WebAssembly SIMD. At the first `compile` or `explain` the module is loaded and the table kernel's
 * tile chosen by a trial of 25 ms; all graphs of this backend share both.
 */
export function wasm({ module, relaxedSimd = true, tileOutputs, binaryKernel = 'tables' }: WasmOptions = {}): KernelBackend {
  let loading: Promise<Loaded> | undefined
  const loadAll = async (): Promise<Loaded> => {
    const loaded = await loadModule(module ?? defaultModule(relaxedSimd))
    const choose = async (): Promise<TileWidths> => (binaryKernel === 'popcount' ? [] : chooseTile(loaded))
    return { module: loaded, tileWidths: tileOutputs ? WIDTHS[tileOutputs] : await choose() }
  }
  const load = (): Promise<Loaded> => {
    loading ??= loadAll().catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }
  return {
    name: 'kernels-wasm',
    isSupported: async () => checkSupport(),
    async compile(graph) {
      const support = checkSupport()
      if (!support.supported) {
        throw new BackendUnsupportedError({
          what: `The backend 'kernels-wasm' cannot run here: ${support.reason}`,
          fix: 'Use the reference backend, or a newer engine.',
        })
      }
      const loaded = await load()
      const program = compileGraph(graph, loaded.tileWidths)
      return new WasmExecutable(program, await instantiate(loaded.module, program.memory.bytes))
    },
    async explain(graph) {
      const tileWidths = checkSupport().supported ? (await load()).tileWidths : DEFAULT_WIDTHS
      return compileGraph(graph, tileWidths).explanations
    },
  }
}

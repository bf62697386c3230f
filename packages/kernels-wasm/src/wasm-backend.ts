/** The backend compiles graphs to programs of WebAssembly kernels. */
import {
  BackendUnsupportedError,
  checkOptions,
  type Graph,
  type KernelBackend,
  rules,
  type TypedGraph,
  typeGraph,
  type ValueRules,
} from '@onebit/core'
import { compileNetwork } from './compile/compile-network.ts'
import type { StemOptions } from './compile/lower-units.ts'
import { chooseKernel, type KernelChoice, type Tiles } from './loading/choose-tile.ts'
import { instantiate, isRelaxed } from './loading/kernels.ts'
import { loadModule, type ModuleSource, moduleRule } from './loading/load-module.ts'
import { checkSupport, hasRelaxedSimd } from './loading/support.ts'
import type { StemArithmetic } from './lower/lowering.ts'
import type { KernelExecutable } from './run/kernel-executable.ts'
import { SingleThreadExecutable } from './run/single-thread-executable.ts'
import { chooseThreads, MOST_THREADS, type ThreadChoice } from './threads/choose-threads.ts'
import { ThreadedExecutable } from './threads/threaded-executable.ts'
import { WorkerLostError } from './threads/worker-lost-error.ts'

export interface WasmOptions {
  /** The kernels as bytes, compiled module or URL, if they cannot be found beside the package. */
  readonly module?: ModuleSource
  /** Use relaxed SIMD if the engine has it. Results are the same, and x86 is faster. Default true. */
  readonly relaxedSimd?: boolean
  /** Outputs that the table kernel computes at a time. Setting it forces tables. Default: the faster in a short trial. */
  readonly tileOutputs?: 32 | 64
  /**
   * The way binary layers are counted: by lookup tables or by popcount. Default: the faster in a short trial. Popcount may win on
   * processors with a vector popcount.
   */
  readonly binaryKernel?: 'tables' | 'popcount'
  /**
   * Number of threads that share the work of a run over shared memory, in Node and in cross-origin isolated pages. They are workers and,
   * except in a page, the calling thread. 'auto' takes one per processor, up to 8. Where threads are impossible, one runs, and the
   * network's `reason` says why. Default 1.
   */
  readonly threads?: 'auto' | number
  /**
   * Arithmetic of real convolutions of a graph input. 'float32', the default, gives the reference's bits. The others are faster. They round
   * the weights and, by the range of each sample's values, the input to integers: 'int16' keeps 13 bits of the input and about as many
   * of the weights; 'int8' keeps 7 and 8 bits and is fastest with relaxed SIMD. Their results are the same on every build and any number
   * of threads. docs/kernels.md gives their errors and times. Explanations say where they run.
   */
  readonly stem?: StemArithmetic
}

export interface WasmBackend extends KernelBackend {
  /**
   * @throws BackendUnsupportedError if `isSupported` says no; GraphError on an invalid graph; LimitError if there is not enough memory.
   */
  compile(graph: Graph | TypedGraph): Promise<KernelExecutable>
}

const OPTIONS: ValueRules<keyof WasmOptions> = {
  module: moduleRule,
  relaxedSimd: rules.boolean,
  tileOutputs: rules.oneOf([32, 64]),
  binaryKernel: rules.oneOf(['tables', 'popcount']),
  threads: rules.either(rules.oneOf(['auto']), rules.integer({ minimum: 1, maximum: MOST_THREADS })),
  stem: rules.oneOf(['float32', 'int16', 'int8'] satisfies readonly StemArithmetic[]),
}

/** @throws BackendUnsupportedError in a bundle that does not know its own location, such as a CommonJS bundle. */
function defaultModule(relaxedSimd: boolean, shared: boolean): URL {
  try {
    return addressBeside(relaxedSimd, shared)
  } catch (cause) {
    throw new BackendUnsupportedError(
      {
        what: 'This bundle of @onebit/kernels-wasm does not know its own URL, so it cannot find its WebAssembly.',
        fix: 'Bundle it as an ES module, leave the package out of the bundle (external), or pass wasm({ module }) the bytes of wasm/kernels.wasm.',
      },
      { cause },
    )
  }
}

function addressBeside(relaxedSimd: boolean, shared: boolean): URL {
  if (relaxedSimd && hasRelaxedSimd()) {
    return shared
      ? new URL('../wasm/kernels-relaxed-shared.wasm', import.meta.url)
      : new URL('../wasm/kernels-relaxed.wasm', import.meta.url)
  }
  return shared ? new URL('../wasm/kernels-shared.wasm', import.meta.url) : new URL('../wasm/kernels.wasm', import.meta.url)
}

interface Loaded extends ThreadChoice {
  readonly module: WebAssembly.Module
  readonly tiles: Tiles
  /** The way the kernel of binary layers was chosen. */
  readonly choice: string
  /** True if the module runs on memory that threads share. */
  readonly shared: boolean
  readonly stem: StemOptions
}

/**
 * True if the module works on memory that threads share. Only a trial shows it.
 * @throws BackendUnsupportedError if it is of another release.
 */
async function takesSharedMemory(module: WebAssembly.Module): Promise<boolean> {
  return instantiate(module, 8192, true).then(
    () => true,
    (error) => {
      if (BackendUnsupportedError.isInstance(error)) throw error
      return false
    },
  )
}

/** Modules of this package by address. All backends share them and the results of their trials. */
const modules = new Map<string, Promise<WebAssembly.Module>>()

async function loadOnce(url: URL): Promise<WebAssembly.Module> {
  const loading = modules.get(url.href) ?? loadModule(url)
  modules.set(url.href, loading)
  return loading.catch((error) => {
    modules.delete(url.href)
    throw error
  })
}

async function loadKernels(options: WasmOptions): Promise<Loaded> {
  const { relaxedSimd = true, threads = 1 } = options
  const available = chooseThreads(threads)
  const module = await (options.module ? loadModule(options.module) : loadOnce(defaultModule(relaxedSimd, available.threads > 1)))
  const shared = available.threads > 1 && (await takesSharedMemory(module))
  const { tiles, reason: choice } = await chooseBinaryKernel(options, module, shared)
  const stem = { arithmetic: options.stem ?? 'float32', hasDots8: isRelaxed(module) }
  const loaded = { module, tiles, choice, shared, stem }
  if (shared || available.threads === 1) return { ...available, ...loaded }
  return { ...loaded, threads: 1, reason: 'The given module is not one of wasm/kernels-*shared.wasm.' }
}

/** The kernel that the options request, or else the best in a trial. */
async function chooseBinaryKernel(options: WasmOptions, module: WebAssembly.Module, shared: boolean): Promise<KernelChoice> {
  const popcount = options.binaryKernel === 'popcount' && options.tileOutputs === undefined
  return popcount ? { tiles: [], reason: 'Popcount was requested.' } : chooseKernel(module, shared, options)
}

async function compileThreaded(typed: TypedGraph, { module, tiles, threads, stem, choice }: Loaded): Promise<KernelExecutable> {
  const compiled = compileNetwork(typed, { tiles, threads, stem }, { choice })
  return ThreadedExecutable.start(compiled, module, await instantiate(module, compiled.memory.bytes, true))
}

async function compileForOneThread(typed: TypedGraph, loaded: Loaded): Promise<KernelExecutable> {
  const { module, tiles, shared, reason, stem, choice } = loaded
  const compiled = compileNetwork(typed, { tiles, stem }, { choice, oneThread: reason })
  return new SingleThreadExecutable(compiled, await instantiate(module, compiled.memory.bytes, shared), reason)
}

/**
 * XNOR/popcount kernels in WebAssembly SIMD. The first `compile` loads the module and chooses the kernel of binary layers by a trial of
 * 25 ms. All backends on the same module share its result.
 * @throws OptionError on an option that is unknown or wrong.
 */
export function wasm(given?: WasmOptions): WasmBackend {
  const options = checkOptions('wasm()', given, OPTIONS)
  let loading: Promise<Loaded> | undefined
  const load = (): Promise<Loaded> => {
    loading ??= loadKernels(options).catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }
  const fallBack = (loaded: Loaded, error: unknown): Loaded => {
    if (!WorkerLostError.isInstance(error)) throw error
    const one = { ...loaded, threads: 1, reason: `The workers could not be started: ${error.parts.received}.` }
    loading = Promise.resolve(one)
    return one
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
      const typed = typeGraph(graph)
      const loaded = await load()
      if (loaded.threads === 1) return compileForOneThread(typed, loaded)
      try {
        return await compileThreaded(typed, loaded)
      } catch (error) {
        return compileForOneThread(typed, fallBack(loaded, error))
      }
    },
  }
}

/** Loads a model file into a network that runs. */
import type { GpuExecutable } from '../contracts/gpu.ts'
import type {
  BackendReference,
  Executable,
  KernelBackend,
  NodeExplanation,
  PassedOver,
  RunInputs,
  RunOptions,
  RunOutput,
} from '../contracts/kernel-backend.ts'
import { BackendUnsupportedError, DisposedError, ModelFormatError } from '../errors.ts'
import type { DataType, Graph, GraphInput } from '../graph/graph.ts'
import { type TypedGraph, typeGraph } from '../graph/typed-graph.ts'
import { readTypedModel } from '../model-file/read-model.ts'
import { checkOptions } from '../options/check-options.ts'
import { anything, callback, object } from '../options/value-rules.ts'
import type { Registry } from '../registry.ts'
import { checkBackend, checkExecutable, resolveBackend } from './check-backend.ts'
import { type ModelSource, type ReadOptions, readRules, readSource, sourceName } from './read-source.ts'

export interface LoadOptions extends ReadOptions {
  /** A backend, or with a registry the name of one: `'auto'`. */
  readonly backend: KernelBackend | BackendReference
  /** What knows backends by their names. */
  readonly registry?: Pick<Registry, 'backend'>
}

const LOAD_RULES = { ...readRules, backend: anything, registry: object({ backend: callback }) }

/** A network ready to run. */
export interface LoadedNetwork {
  readonly inputs: readonly GraphInput[]
  /** `bit` outputs come as Int8Array of +-1, `int32` as Int32Array, `float32` as Float32Array. */
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: DataType }[]
  /** Text that travels with the model: task, labels, normalization. */
  readonly metadata: Readonly<Record<string, string>>
  readonly graph: Graph
  /** The backend that runs it. Where `auto` chose it, another one after it failed. */
  readonly backend: string
  /** Backends that `auto` tried before, and why they do not run it. Otherwise empty. */
  readonly passedOver: readonly PassedOver[]
  /** Pictures in and buffers out without a copy, where the backend runs on a GPU. */
  readonly gpu?: GpuExecutable
  /**
   * Runs a batch of flat inputs, batch first. Each has `batch` times as many values as its shape.
   * @throws InputError, DisposedError
   */
  run(inputs: RunInputs, options?: RunOptions): Promise<Record<string, RunOutput>>
  /** For each node, the kernel that runs it, and the reason if it is not the fast one. */
  explain(): readonly NodeExplanation[]
  /** Frees the backend's memory. Later calls of `run` throw. A repeated call does nothing. */
  dispose(): void
}

/**
 * The graph in a model file.
 * @throws FileError if it cannot be read; ModelFormatError, naming the file and the field, if it is broken; LimitError if it costs
 * more than `limits` allow.
 */
export async function readModelFile(source: ModelSource, given?: ReadOptions): Promise<Graph> {
  return (await readTypedModelFile(source, checkOptions('readModelFile()', given, readRules))).graph
}

async function readTypedModelFile(source: ModelSource, options: ReadOptions): Promise<TypedGraph> {
  const bytes = await readSource(source, options)
  const name = sourceName(source)
  try {
    return readTypedModel(bytes, options.limits)
  } catch (error) {
    if (name === undefined || !ModelFormatError.isInstance(error)) throw error
    throw new ModelFormatError({ ...error.parts, what: `${name}: ${error.parts.what}`, field: error.field }, { cause: error })
  }
}

async function checkSupport(backend: KernelBackend): Promise<void> {
  const support = await backend.isSupported()
  if (support?.supported) return
  throw new BackendUnsupportedError({
    what: `The backend '${backend.name}' cannot run here: ${support?.reason ?? 'it does not say why.'}`,
    fix: support?.fix ?? 'Choose another; `reference` runs everywhere.',
  })
}

/**
 * Compiles a graph for a backend.
 * @param graph A graph, or one with its types, which is not validated again.
 * @throws OptionError if `backend` is not a backend; BackendUnsupportedError with the reason, if it cannot run here; GraphError on an
 * invalid graph; LimitError if there is not enough memory.
 */
export async function compileGraph(graph: Graph | TypedGraph, backend: KernelBackend): Promise<LoadedNetwork> {
  await checkSupport(checkBackend('compileGraph()', backend))
  return networkOf(typeGraph(graph), backend)
}

async function networkOf(typed: TypedGraph, backend: KernelBackend): Promise<LoadedNetwork> {
  const { graph, types } = typed
  const compiled = checkExecutable(backend.name, await backend.compile(typed))
  let executable: Executable | undefined = compiled
  return {
    inputs: graph.inputs,
    outputs: graph.outputs.map(({ name, value }) => ({ name, ...types.get(value)! })),
    metadata: graph.metadata,
    graph,
    get backend() {
      return compiled.backend ?? backend.name
    },
    get passedOver() {
      return compiled.passedOver ?? []
    },
    get gpu() {
      return compiled.gpu
    },
    async run(inputs, options) {
      if (!executable) throw new DisposedError({ what: 'This network was disposed.', fix: 'Load it again.' })
      return executable.run(inputs, options)
    },
    explain: () => compiled.explanations,
    dispose() {
      executable?.dispose()
      executable = undefined
    },
  }
}

/**
 * Loads a network from a model file: a path (in Node), a URL, or bytes. `{ backend: wasm() }` of @onebit/kernels-wasm runs it fast;
 * `{ backend: auto([webgpu(), wasm()]) }` takes the first that can.
 * @throws OptionError, PluginNotFoundError, BackendUnsupportedError, FileError, ModelFormatError, LimitError
 */
export async function load(source: ModelSource, given: LoadOptions): Promise<LoadedNetwork> {
  const { backend: named, registry, ...options } = checkOptions<LoadOptions | undefined>('load()', given, LOAD_RULES)
  const backend = await resolveBackend('load()', named, registry)
  await checkSupport(backend)
  const typed = await readTypedModelFile(source, options)
  options.signal?.throwIfAborted()
  return networkOf(typed, backend)
}

/**
 * The kernel that a backend runs for each node of a graph. It compiles the graph, disposes of it and does not run it.
 * @throws BackendUnsupportedError if the backend cannot run here; GraphError on an invalid graph.
 */
export async function explainGraph(graph: Graph | TypedGraph, backend: KernelBackend): Promise<readonly NodeExplanation[]> {
  const network = await compileGraph(graph, backend)
  network.dispose()
  return network.explain()
}

/** From a model file to something that runs. */
import type { Executable, KernelBackend, NodeExplanation, RunOptions, RunOutput } from '../contracts/kernel-backend.ts'
import { BackendUnsupportedError, DisposedError, ModelFormatError } from '../errors.ts'
import type { DataType, Graph, GraphInput } from '../graph/graph.ts'
import { inferTypes } from '../graph/infer-types.ts'
import { readModel } from '../model-file/read-model.ts'
import { checkOptions } from '../options/check-options.ts'
import { anything } from '../options/value-rules.ts'
import { checkBackend } from './check-backend.ts'
import { type ModelSource, type ReadOptions, readRules, readSource, sourceName } from './read-source.ts'

export interface LoadOptions extends ReadOptions {
  readonly backend: KernelBackend
}

/** A network ready to run. */
export interface LoadedNetwork {
  readonly inputs: readonly GraphInput[]
  /** `bit` outputs come as Int8Array of +-1, `int32` as Int32Array, `float32` as Float32Array. */
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: DataType }[]
  /** What travels with the model: task, labels, normalization. */
  readonly metadata: Readonly<Record<string, string>>
  readonly graph: Graph
  readonly backend: string
  /**
   * Runs a batch: `shape x batch` values for each input, flat and batch first.
   * @throws InputError, DisposedError
   */
  run(inputs: Readonly<Record<string, Float32Array>>, options?: RunOptions): Promise<Record<string, RunOutput>>
  /** Per node: the kernel that runs it, and why not the fast one. */
  explain(): Promise<readonly NodeExplanation[]>
  /** Frees what the backend holds; later calls of `run` throw. Harmless when repeated. */
  dispose(): void
}

/**
 * The graph in a model file.
 * @throws FileError if it cannot be read; ModelFormatError, naming the file and the field, if it is broken; LimitError if it costs
 * more than `limits` allow.
 */
export async function readModelFile(source: ModelSource, given?: ReadOptions): Promise<Graph> {
  const options = checkOptions('readModelFile()', given, readRules)
  const bytes = await readSource(source, options)
  const name = sourceName(source)
  try {
    return readModel(bytes, options.limits)
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
    fix: 'Choose another; `reference` runs everywhere.',
  })
}

/**
 * A graph compiled for a backend.
 * @throws OptionError on what is no backend; BackendUnsupportedError with the reason, where it cannot run here; GraphError on an
 * invalid graph; LimitError where there is not the memory for it.
 */
export async function compileGraph(graph: Graph, backend: KernelBackend): Promise<LoadedNetwork> {
  await checkSupport(checkBackend('compileGraph()', backend))
  const types = inferTypes(graph)
  let executable: Executable | undefined = await backend.compile(graph)
  return {
    inputs: graph.inputs,
    outputs: graph.outputs.map(({ name, value }) => ({ name, ...types.get(value)! })),
    metadata: graph.metadata,
    graph,
    backend: backend.name,
    async run(inputs, options) {
      if (!executable) throw new DisposedError({ what: 'This network was disposed.', fix: 'Load it again.' })
      return executable.run(inputs, options)
    },
    explain: () => backend.explain(graph),
    dispose() {
      executable?.dispose()
      executable = undefined
    },
  }
}

/**
 * A network from a model file: a path (in Node), a URL, or bytes. `{ backend: wasm() }` of @onebit/kernels-wasm runs it fast.
 * @throws OptionError, BackendUnsupportedError, FileError, ModelFormatError, LimitError
 */
export async function load(source: ModelSource, given: LoadOptions): Promise<LoadedNetwork> {
  const { backend, ...options } = checkOptions<LoadOptions | undefined>('load()', given, { ...readRules, backend: anything })
  await checkSupport(checkBackend('load()', backend))
  const graph = await readModelFile(source, options)
  options.signal?.throwIfAborted()
  return compileGraph(graph, backend)
}

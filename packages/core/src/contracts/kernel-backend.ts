/** Backends run graphs. Implementations: `reference` here, `@onebit/kernels-wasm`, `@onebit/kernels-webgpu`, yours. */
import type { Graph } from '../graph/graph.ts'
import type { TypedGraph } from '../graph/typed-graph.ts'
import type { AnyOptions, OptionRules, OptionsOf } from '../options/option-rules.ts'
import { makePlugin, type Plugin, type PluginDefinition, type ReferenceTo } from './plugin.ts'

export type Support =
  | { readonly supported: true }
  | {
      readonly supported: false
      /** A sentence. */
      readonly reason: string
      /** What would help, in a sentence or two. Default: to choose another backend. */
      readonly fix?: string
    }

/** The kernel that runs one node. */
export interface NodeExplanation {
  readonly node: string
  readonly op: string
  /** The kernel's name, or `fused into NODE`. */
  readonly kernel: string
  /** The reason why the fastest kernel for this op does not run. Absent if it runs. */
  readonly reason?: string
  /** The way this kernel was chosen among several for the op, such as the result of a trial. */
  readonly choice?: string
  /** The most samples of a batch that run at once, if more than one. */
  readonly samples?: number
}

/** Real values as Float32Array, bits as an Int8Array of +-1. The batch is the first axis, then comes the input's shape. */
export type RunInput = Float32Array | Int8Array

/** Arguments of a run: an array for each input of the graph, by name. */
export type RunInputs = Readonly<Record<string, RunInput>>

/** Float32 as Float32Array, accumulators as Int32Array, bits as an Int8Array of +-1. First the batch, then the value's shape. */
export type RunOutput = Float32Array | Int32Array | Int8Array

export interface RunOptions {
  /** Throw an InputError on NaN and infinities in the inputs. Default true. */
  readonly validate?: boolean
}

export interface Executable {
  /** The kernel of each node of the graph, in order, and the reason if it is not the fast one. */
  readonly explanations: readonly NodeExplanation[]
  /**
   * Runs the graph on a batch. The batch size follows from the length of the inputs, which must agree.
   * Calls may overlap; each returns arrays of its own.
   * @throws InputError on a missing, unknown or misshapen input; DisposedError after `dispose`.
   */
  run(inputs: RunInputs, options?: RunOptions): Promise<Record<string, RunOutput>>
  dispose(): void
}

export interface KernelBackend {
  readonly name: string
  isSupported(): Promise<Support>
  /**
   * @param graph A graph, or one with its types, which is not validated again. `typeGraph` makes the latter from either.
   * @throws BackendUnsupportedError if `isSupported` says no; GraphError on an invalid graph.
   */
  compile(graph: Graph | TypedGraph): Promise<Executable>
}

/** A kernel backend with a name for `--backend`. */
export interface BackendDefinition<Rules extends OptionRules = OptionRules> extends PluginDefinition<Rules> {
  /** The backend, even if it cannot run here. `isSupported` tells. */
  create(options: OptionsOf<Rules>): KernelBackend | Promise<KernelBackend>
}

export interface Backend extends Plugin {
  readonly kind: 'backend'
  create(options: AnyOptions): KernelBackend | Promise<KernelBackend>
}

/** Option types of backends by name, for completion; packages augment it. */
export interface BackendNames {
  reference: Record<never, never>
}

export type BackendReference = ReferenceTo<BackendNames, Backend>

/**
 * Makes a plugin of a backend's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineBackend<const Rules extends OptionRules = Record<never, never>>(
  definition: BackendDefinition<Rules>,
): Backend {
  return makePlugin('backend', definition as PluginDefinition, ['create'])
}

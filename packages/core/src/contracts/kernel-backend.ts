/** What runs a graph. Implementations: `reference` here, `@onebit/kernels-wasm`, `@onebit/kernels-webgpu`, yours. */
import type { Graph } from '../graph/graph.ts'
import type { TypedGraph } from '../graph/typed-graph.ts'
import type { AnyOptions, OptionRules, OptionsOf } from '../options/option-rules.ts'
import type { GpuExecutable } from './gpu.ts'
import { makePlugin, type Plugin, type PluginDefinition, type ReferenceTo } from './plugin.ts'
import type { RunInputs, RunOptions, RunOutput } from './run-values.ts'

export type * from './run-values.ts'

export type Support =
  | {
      readonly supported: true
      /** What it would run on, where there are several: the name of a GPU, say. */
      readonly device?: string
      /** Whether that device is a renderer on the processor, which other backends outrun. */
      readonly isSoftware?: boolean
    }
  | { readonly supported: false; readonly reason: string }

/** A backend that could not serve, and why. */
export interface PassedOver {
  readonly backend: string
  readonly reason: string
}

/** Which kernel runs one node. */
export interface NodeExplanation {
  readonly node: string
  readonly op: string
  /** The kernel's name, or `fused into NODE`. */
  readonly kernel: string
  /** Why the fastest kernel for this op does not run, if it does not. */
  readonly reason?: string
  /** How this kernel was chosen among several for the op, such as what a trial found. */
  readonly choice?: string
  /** The most samples of a batch that run at once, if not only one. */
  readonly samples?: number
}

export interface Executable {
  /** Per node of the graph, in order: which kernel runs it, and if not the fast one, why. */
  readonly explanations: readonly NodeExplanation[]
  /** The backend that runs it, where one chose among several; it may change when that one fails. */
  readonly backend?: string
  /** Backends that were tried before it, the first one first. */
  readonly passedOver?: readonly PassedOver[]
  /** Pictures in and buffers out, where the backend runs on a GPU. */
  readonly gpu?: GpuExecutable
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
   * @param graph With its types, where the caller has them: it is validated already then. `typeGraph` gives both the types.
   * @throws BackendUnsupportedError where `isSupported` says no; GraphError on an invalid graph.
   */
  compile(graph: Graph | TypedGraph): Promise<Executable>
}

/** A kernel backend by its name, as `--backend` takes it. */
export interface BackendDefinition<Rules extends OptionRules = OptionRules> extends PluginDefinition<Rules> {
  /** The backend, whether or not it can run here: `isSupported` tells. */
  create(options: OptionsOf<Rules>): KernelBackend | Promise<KernelBackend>
}

export interface Backend extends Plugin {
  readonly kind: 'backend'
  create(options: AnyOptions): KernelBackend | Promise<KernelBackend>
}

/** Option types of backends by name, for completion; packages augment it. */
export interface BackendNames {
  auto: Record<never, never>
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

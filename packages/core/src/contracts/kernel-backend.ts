/** Backends run graphs. Implementations: `reference` here, `@onebit/kernels-wasm`, `@onebit/kernels-webgpu`, yours. */
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
      /** The device it would run on, such as the name of a GPU. */
      readonly device?: string
      /** True if that device is a renderer on the processor. Other backends are faster. */
      readonly isSoftware?: boolean
    }
  | {
      readonly supported: false
      /** A sentence. */
      readonly reason: string
      /** What would help, in a sentence or two. Default: to choose another backend. */
      readonly fix?: string
    }

/** A backend that cannot serve, and why. */
export interface PassedOver {
  readonly backend: string
  readonly reason: string
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

export interface Executable {
  /** The kernel of each node of the graph, in order, and the reason if it is not the fast one. */
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

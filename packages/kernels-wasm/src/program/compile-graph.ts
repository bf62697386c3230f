/** Compiles a graph: to programs, for one sample and for as many as can run at once, and every buffer to an address. */
import { type Graph, inferTypes, type NodeExplanation } from '@onebit/core'
import { DEFAULT_TILES, type Tiles } from '../loading/choose-tile.ts'
import { foldAffineThresholds } from '../passes/fold-affine-thresholds.ts'
import { stackSamples } from '../passes/stack-samples.ts'
import type { Buffer } from './buffer.ts'
import { Constants } from './constants.ts'
import { lowerGraph, type NamedValue, type Program, type StemOptions } from './lower-graph.ts'
import { type MemoryPlan, planMemory } from './plan-memory.ts'

export interface CompiledGraph {
  /** Names and shapes that `run` has to be given. */
  readonly declaredInputs: Graph['inputs']
  /** Those for most samples first; the last one takes one. */
  readonly programs: readonly Program[]
  readonly constants: readonly Buffer[]
  /** How many share the work of a run. */
  readonly threads: number
  readonly memory: MemoryPlan
  readonly explanations: readonly NodeExplanation[]
}

/**
 * @param tiles Tiles of the table kernel to use, widest first; none for the popcount kernel.
 * @param threads How many threads share the work of a run.
 * @param stem How convolutions of a graph input compute.
 * @throws GraphError on an invalid graph.
 */
export function compileGraph(
  original: Graph,
  tiles: Tiles = DEFAULT_TILES,
  threads = 1,
  stem: StemOptions = { arithmetic: 'float32', hasDots8: false },
): CompiledGraph {
  const types = inferTypes(original)
  const { graph, absorbed } = foldAffineThresholds(original)
  const constants = new Constants()
  const lowered = stackSamples(graph, types, threads).map((stacked) =>
    lowerGraph(stacked.graph, stacked.samples, { tiles, threads: stacked.threads, stem, constants }),
  )
  const programs = lowered.map(({ program }) => program)
  const { kernels, intoOf } = lowered.at(-1)!
  const { samples } = programs[0]
  const explanations = original.nodes.map(({ name, op }) => ({
    node: name,
    op,
    ...(kernels.get(name) ?? { kernel: `fused into ${intoOf(absorbed.get(name) ?? name)}` }),
    ...(samples > 1 && { samples }),
  }))
  const buffers = (list: readonly NamedValue[]): Buffer[] => list.map(({ value }) => value.buffer)
  const planned = programs.map(({ steps, inputs, outputs }) => ({ steps, inputs: buffers(inputs), outputs: buffers(outputs) }))
  const memory = planMemory(constants.buffers, planned)
  return { declaredInputs: original.inputs, programs, constants: constants.buffers, threads, memory, explanations }
}

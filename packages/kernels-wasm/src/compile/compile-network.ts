/** Compiles a graph to programs, for one sample and for several at once, and gives every buffer an address. */
import { type Graph, type NodeExplanation, type TypedGraph, typeGraph } from '@onebit/core'
import { explainNodes, mergeAffineThresholds } from '@onebit/core/compile'
import { DEFAULT_TILES } from '../loading/choose-tile.ts'
import type { LayerKernel } from '../lower/lowering.ts'
import type { Buffer } from '../program/buffer.ts'
import { Constants } from '../program/constants.ts'
import { placeBuffers } from '../program/memory.ts'
import type { CompiledNetwork, NamedValue } from '../program/program.ts'
import { chooseBatches } from './choose-batches.ts'
import { lowerUnits, type StemOptions, type Target } from './lower-units.ts'

/** Remarks on kernels for explanations. */
export interface Remarks {
  /** The way the kernel of binary layers was chosen. */
  readonly choice?: string
  /** The reason for a single thread if more were requested. */
  readonly oneThread?: string
}

const FLOAT32: StemOptions = { arithmetic: 'float32', hasDots8: false }

function explain(
  { kernel, reason, isChosen }: LayerKernel,
  { choice, oneThread }: Remarks,
): Pick<NodeExplanation, 'kernel' | 'reason' | 'choice'> {
  const reasons = [reason, oneThread && `One thread: ${oneThread}`].filter(Boolean).join(' ')
  return { kernel, ...(reasons && { reason: reasons }), ...(isChosen && choice && { choice }) }
}

/** @throws GraphError on an invalid graph. */
export function compileNetwork(
  original: Graph | TypedGraph,
  { tiles = DEFAULT_TILES, threads = 1, stem = FLOAT32 }: Partial<Target> = {},
  remarks: Remarks = {},
): CompiledNetwork {
  const typed = typeGraph(original)
  const merged = mergeAffineThresholds(typed)
  const constants = new Constants()
  const lowered = chooseBatches(merged, threads).map((stacked) =>
    lowerUnits(stacked.typed, stacked.samples, { tiles, threads: stacked.threads, stem }, constants),
  )
  const programs = lowered.map(({ program }) => program)
  const buffers = (list: readonly NamedValue[]): Buffer[] => list.map(({ value }) => value.buffer)
  const planned = programs.map(({ steps, inputs, outputs }) => ({ steps, inputs: buffers(inputs), outputs: buffers(outputs) }))
  const memory = placeBuffers(constants.buffers, planned)

  const { plan, kernels } = lowered.at(-1)!
  const explained = new Map(Array.from(kernels, ([main, kernel]) => [main, explain(kernel, remarks)]))
  const { samples } = programs[0]
  const explanations = explainNodes(typed.graph, plan, merged.absorbed, explained).map((entry) => ({
    ...entry,
    ...(samples > 1 && { samples }),
  }))
  return { declaredInputs: typed.graph.inputs, programs, constants: constants.buffers, threads, memory, explanations }
}

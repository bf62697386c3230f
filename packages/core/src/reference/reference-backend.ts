/** The reference backend: plain loops in the order that the ops state. It is slow and obvious, and the oracle of other backends. */
import type { Executable, KernelBackend, NodeExplanation, RunInputs, RunOptions, RunOutput } from '../contracts/kernel-backend.ts'
import { checkInputs } from '../contracts/run-inputs.ts'
import { DisposedError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { type TypedGraph, typeGraph } from '../graph/typed-graph.ts'
import { runNode } from './run-node.ts'
import type { ReferenceValue } from './values.ts'

/** For each node, the values that no later node reads. */
function valuesLastUsed({ nodes, outputs }: Graph): readonly (readonly string[])[] {
  const seen = new Set(outputs.map(({ value }) => value))
  const released: string[][] = []
  for (let index = nodes.length - 1; index >= 0; index--) {
    const last = [...new Set([nodes[index].name, ...nodes[index].inputs])].filter((name) => !seen.has(name))
    for (const name of last) seen.add(name)
    released[index] = last
  }
  return released
}

class ReferenceExecutable implements Executable {
  readonly explanations: readonly NodeExplanation[]
  readonly #typed: TypedGraph
  /** For each node, the values that no later node reads. */
  readonly #lastUsed: readonly (readonly string[])[]
  #disposed = false

  constructor(typed: TypedGraph) {
    this.#typed = typed
    this.#lastUsed = valuesLastUsed(typed.graph)
    this.explanations = typed.graph.nodes.map(({ name, op }) => ({ node: name, op, kernel: `plain loops (${op})` }))
  }

  async run(inputs: RunInputs, options?: RunOptions): Promise<Record<string, RunOutput>> {
    if (this.#disposed) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
    const { graph, types } = this.#typed
    const batch = checkInputs(graph.inputs, inputs, options)
    const values = new Map<string, ReferenceValue>()
    for (const { name } of graph.inputs) values.set(name, { ...types.get(name)!, data: inputs[name] })
    for (const [index, node] of graph.nodes.entries()) {
      const value = runNode(node, {
        inputs: node.inputs.map((name) => values.get(name)!),
        tensor: (role) => graph.tensors.get(node.tensors[role] ?? ''),
        type: types.get(node.name)!,
        batch,
      })
      values.set(node.name, value)
      for (const name of this.#lastUsed[index]) values.delete(name)
    }
    return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, values.get(value)!.data.slice()]))
  }

  dispose(): void {
    this.#disposed = true
  }
}

/** A backend that runs anywhere JavaScript runs. */
export const reference: KernelBackend = {
  name: 'reference',
  isSupported: async () => ({ supported: true }),
  compile: async (graph) => new ReferenceExecutable(typeGraph(graph)),
}

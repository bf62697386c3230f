/** The reference backend: plain loops in the order the ops state. Slow, obvious, and the oracle of every other backend. */
import type { Executable, KernelBackend, NodeExplanation, RunInputs, RunOptions, RunOutput } from '../contracts/kernel-backend.ts'
import { DisposedError } from '../errors.ts'
import { type TypedGraph, typeGraph } from '../graph/typed-graph.ts'
import { checkInputs } from '../runtime/inputs.ts'
import { runNode } from './run-node.ts'
import type { ReferenceValue } from './values.ts'

class ReferenceExecutable implements Executable {
  readonly explanations: readonly NodeExplanation[]
  readonly #typed: TypedGraph
  #disposed = false

  constructor(typed: TypedGraph) {
    this.#typed = typed
    this.explanations = typed.graph.nodes.map(({ name, op }) => ({ node: name, op, kernel: `plain loops (${op})` }))
  }

  async run(inputs: RunInputs, options?: RunOptions): Promise<Record<string, RunOutput>> {
    if (this.#disposed) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
    const { graph, types } = this.#typed
    const batch = checkInputs(graph.inputs, inputs, options)
    const values = new Map<string, ReferenceValue>()
    for (const { name } of graph.inputs) values.set(name, { ...types.get(name)!, data: inputs[name] })
    for (const node of graph.nodes) {
      const value = runNode(node, {
        inputs: node.inputs.map((name) => values.get(name)!),
        tensor: (role) => graph.tensors.get(node.tensors[role] ?? ''),
        type: types.get(node.name)!,
        batch,
      })
      values.set(node.name, value)
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

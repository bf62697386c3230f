/** The reference backend: plain loops in the order the ops state. Slow, obvious, and the oracle of every other backend. */
import type { Executable, KernelBackend, RunOptions, RunOutput } from '../contracts/kernel-backend.ts'
import { DisposedError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { inferTypes } from '../graph/infer-types.ts'
import { checkInputs } from '../runtime/inputs.ts'
import { runNode } from './run-node.ts'
import type { ReferenceValue } from './values.ts'

class ReferenceExecutable implements Executable {
  readonly #graph: Graph
  readonly #types: ReturnType<typeof inferTypes>
  #disposed = false

  constructor(graph: Graph) {
    this.#graph = graph
    this.#types = inferTypes(graph)
  }

  async run(inputs: Readonly<Record<string, Float32Array>>, options?: RunOptions): Promise<Record<string, RunOutput>> {
    if (this.#disposed) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
    const graph = this.#graph
    const batch = checkInputs(graph.inputs, inputs, options)
    const values = new Map<string, ReferenceValue>()
    for (const { name, shape } of graph.inputs) values.set(name, { dtype: 'float32', shape, data: inputs[name] })
    for (const node of graph.nodes) {
      const value = runNode(node, {
        inputs: node.inputs.map((name) => values.get(name)!),
        tensor: (role) => graph.tensors.get(node.tensors[role] ?? ''),
        type: this.#types.get(node.name)!,
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
  compile: async (graph) => new ReferenceExecutable(graph),
  explain: async (graph) => graph.nodes.map(({ name, op }) => ({ node: name, op, kernel: `plain loops (${op})` })),
}

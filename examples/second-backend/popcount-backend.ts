/**
 * A complete kernel backend. `@onebit/core/compile` finds the units. Binary layers, with or without a threshold after them, run
 * on words of 32 bits. The reference's plain loops compute all other ops. The results equal the reference, bit for bit.
 */
import {
  checkInputs,
  DisposedError,
  type Executable,
  type KernelBackend,
  type NodeExplanation,
  type RunInputs,
  type RunOptions,
  type RunOutput,
  type TypedGraph,
  typeGraph,
} from '@onebit/core'
import {
  explainNodes,
  isBinary,
  type KernelExplanation,
  mergeAffineThresholds,
  planUnits,
  type ReferenceValue,
  runNode,
  type Unit,
} from '@onebit/core/compile'
import { prepareLayer, sumProducts } from './binary-layer.ts'
import { type BitRows, packRows, unpackRows } from './bit-rows.ts'
import { prepareThreshold } from './thresholds.ts'

/** The values of a run. Each is packed or unpacked on first use. */
class Values {
  readonly batch: number
  readonly #typed: TypedGraph
  readonly #plain = new Map<string, ReferenceValue>()
  readonly #packed = new Map<string, BitRows>()

  constructor(typed: TypedGraph, batch: number) {
    this.#typed = typed
    this.batch = batch
  }

  set(name: string, data: ReferenceValue['data']): void {
    this.#plain.set(name, { ...this.#typed.types.get(name)!, data })
  }

  setPacked(name: string, rows: BitRows): void {
    this.#packed.set(name, rows)
  }

  get(name: string): ReferenceValue {
    if (!this.#plain.has(name)) this.set(name, unpackRows(this.#packed.get(name)!))
    return this.#plain.get(name)!
  }

  packed(name: string): BitRows {
    const rows = this.#packed.get(name) ?? packRows(this.get(name).data, this.#typed.types.get(name)!, this.batch)
    this.#packed.set(name, rows)
    return rows
  }
}

interface Emitted extends KernelExplanation {
  run(values: Values): void
}

/** The kernel of a unit. */
function emit(unit: Unit, typed: TypedGraph): Emitted {
  const [node] = unit.nodes
  if (isBinary(node)) {
    const layer = prepareLayer(node, typed)
    const threshold = unit.kind === 'binary-layer' ? unit.layer.threshold : undefined
    const pack = threshold && prepareThreshold(threshold, typed)
    return {
      kernel: pack ? 'popcount of 32 bits, packed again' : 'popcount of 32 bits',
      run(values) {
        const sums = sumProducts(layer, values.packed(node.inputs[0]), values.batch)
        if (pack) values.setPacked(threshold.name, pack(sums, values.batch))
        else values.set(node.name, sums)
      },
    }
  }
  const { graph, types } = typed
  return {
    kernel: `plain loops (${node.op})`,
    reason: 'Only binary layers have a kernel here.',
    run(values) {
      const inputs = node.inputs.map((name) => values.get(name))
      const tensor = (role: string) => graph.tensors.get(node.tensors[role] ?? '')
      values.set(node.name, runNode(node, { inputs, tensor, type: types.get(node.name)!, batch: values.batch }).data)
    },
  }
}

class PopcountExecutable implements Executable {
  readonly explanations: readonly NodeExplanation[]
  readonly #typed: TypedGraph
  #steps: readonly Emitted[] | undefined

  constructor(given: TypedGraph) {
    const merged = mergeAffineThresholds(given)
    // A binary layer and its threshold are one unit. Affines, gates and shortcuts stay separate nodes.
    const plan = planUnits(merged, { canFuse: (node) => isBinary(node) || node.op === 'threshold' })
    const steps = plan.units.map((unit) => emit(unit, merged))
    const kernels = new Map(
      plan.units.map(({ main }, index) => [main, { kernel: steps[index].kernel, reason: steps[index].reason }]),
    )
    this.explanations = explainNodes(given.graph, plan, merged.absorbed, kernels)
    this.#typed = merged
    this.#steps = steps
  }

  async run(inputs: RunInputs, options?: RunOptions): Promise<Record<string, RunOutput>> {
    if (!this.#steps) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
    const { graph } = this.#typed
    const values = new Values(this.#typed, checkInputs(graph.inputs, inputs, options))
    for (const { name } of graph.inputs) values.set(name, inputs[name])
    for (const step of this.#steps) step.run(values)
    return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, values.get(value).data.slice()]))
  }

  dispose(): void {
    this.#steps = undefined
  }
}

/** XNOR and popcount on words of 32 bits, in plain JavaScript. */
export const popcountBackend: KernelBackend = {
  name: 'popcount',
  isSupported: async () => ({ supported: true }),
  compile: async (graph) => new PopcountExecutable(typeGraph(graph)),
}

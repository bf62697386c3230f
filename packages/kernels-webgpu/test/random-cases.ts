/** Random graphs with inputs, in Node and in pages. */
import { elementCount, type Graph, type KernelBackend, type RunInputs } from '@onebit/core'
import { perceptron, Random, randomGraph, randomInputs, residualNetwork, rowNetwork } from '@onebit/testkit/random'
import { difference, meetsSubnormals } from './compare.ts'

interface Case {
  readonly graph: Graph
  readonly inputs: RunInputs
}

/** Three of four seeds give a small graph of any ops, the fourth a whole network. */
function caseOf(seed: number): Case {
  const random = new Random(seed)
  const batch = random.integer(1, 3)
  if (seed % 4 !== 0) {
    const graph = randomGraph(random)
    return { graph, inputs: randomInputs(random, graph, batch) }
  }
  const graph = random.pick([
    () => residualNetwork(random),
    () => perceptron(random, [random.integer(1, 90), random.integer(1, 90), random.integer(1, 20)]),
    () => rowNetwork(seed),
  ])()
  const inputs = graph.inputs.map(({ name, shape }) => [name, random.floats(batch * elementCount(shape))])
  return { graph, inputs: Object.fromEntries(inputs) }
}

export interface Comparison {
  readonly compared: number
  /** Number of graphs that meet subnormal numbers, which a device may take for 0. */
  readonly leftOut: number
  /** The first difference, with the graph's seed and ops. */
  readonly difference?: string
}

/** Compares `count` graphs with the reference, up to the first that differs. Graph number i is drawn from `seed + i`. */
export async function compareGraphs(backend: KernelBackend, seed: number, count: number): Promise<Comparison> {
  let leftOut = 0
  for (let number = 0; number < count; number++) {
    const { graph, inputs } = caseOf(seed + number)
    if (await meetsSubnormals(graph, inputs)) {
      leftOut++
      continue
    }
    const found = await difference(backend, graph, inputs).catch((error: Error) => `${error.stack}`)
    if (!found) continue
    const ops = graph.nodes.map(({ op }) => op).join(', ')
    return { compared: number + 1 - leftOut, leftOut, difference: `Graph of seed ${seed + number} (${ops}): ${found}` }
  }
  return { compared: count - leftOut, leftOut }
}

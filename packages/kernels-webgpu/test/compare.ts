/** Comparison with the reference, value by value. */
import { type Graph, type KernelBackend, type RunInputs, reference, withOutputs } from '@onebit/core'

const LEAST_NORMAL = 2 ** -126

/** True if a device may take the number for 0. */
function isSubnormal(value: number): boolean {
  return value !== 0 && Math.abs(value) < LEAST_NORMAL
}

const told = (value: number): string => (Object.is(value, -0) ? '-0' : `${value}`)

/** The first difference, bit for bit: -0 differs from +0, but any NaN equals any NaN. Undefined if there is none. */
export function firstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} values instead of ${expected.length}`
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) return `at ${i}: ${told(actual[i])} instead of ${told(expected[i])}`
  }
  return undefined
}

/** True if a run of the graph meets subnormal numbers in its inputs, its tensors or any value. */
export async function meetsSubnormals(graph: Graph, inputs: RunInputs): Promise<boolean> {
  const given = [...Object.values(inputs), ...Array.from(graph.tensors.values(), ({ data }) => data)]
  if (given.some((values) => values instanceof Float32Array && values.some(isSubnormal))) return true
  const names = graph.nodes.map(({ name }) => name)
  const returned = new Set(graph.outputs.map(({ name }) => name))
  const all = withOutputs(
    graph,
    names.filter((name) => !returned.has(name)),
  )
  const executable = await reference.compile(all)
  const values = await executable.run(inputs, { validate: false })
  return Object.values(values).some((value) => value instanceof Float32Array && value.some(isSubnormal))
}

/** The first difference between a backend and the reference on some inputs. Undefined if there is none. */
export async function difference(backend: KernelBackend, graph: Graph, inputs: RunInputs): Promise<string | undefined> {
  const options = { validate: false }
  const [expected, executable] = await Promise.all([
    reference.compile(graph).then((plain) => plain.run(inputs, options)),
    backend.compile(graph),
  ])
  const actual = await executable.run(inputs, options)
  executable.dispose()
  for (const { name } of graph.outputs) {
    const found = firstDifference(actual[name], expected[name])
    if (found) return `output '${name}' ${found}`
  }
  return undefined
}

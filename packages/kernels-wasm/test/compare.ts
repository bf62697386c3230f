/** Compares the backend with the reference backend, value by value. */

import { elementCount, type Graph, GraphBuilder, type GraphTensor, type OpAttributes, type OpName, reference } from '@onebit/core'
import type { Random } from '@onebit/testkit/random'
import { expect } from 'vitest'
import { wasm } from '../src/index.ts'

export const backend = wasm()

/** The first pair of values that differ bit for bit. -0 differs from +0, but any NaN equals any NaN. */
export function firstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} values instead of ${expected.length}`
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) return `at ${i}: ${actual[i]} instead of ${expected[i]}`
  }
  return undefined
}

/** Runs the graph on both backends and expects the same bits in every output. */
export async function expectSameAsReference(graph: Graph, random: Random, batch = 1): Promise<void> {
  const inputs = Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, random.floats(batch * elementCount(shape))]))
  const options = { validate: false }
  const [expected, executable] = await Promise.all([
    reference.compile(graph).then((plain) => plain.run(inputs, options)),
    backend.compile(graph),
  ])
  const actual = await executable.run(inputs, options)
  executable.dispose()
  for (const { name } of graph.outputs) {
    expect(actual[name].constructor, name).toBe(expected[name].constructor)
    expect(firstDifference(actual[name], expected[name]), name).toBeUndefined()
  }
}

export interface SingleNode<Op extends OpName> {
  readonly op: Op
  /** Shapes of the inputs. Each is a graph input. */
  readonly inputs: readonly (readonly number[])[]
  /** If true, a sign turns the inputs into bits. */
  readonly bits?: boolean
  readonly attributes?: Partial<OpAttributes[Op]>
  readonly tensors?: Readonly<Record<string, GraphTensor>>
}

/** A graph of inputs and one node. */
export function singleNode<Op extends OpName>({ op, inputs, bits, attributes, tensors }: SingleNode<Op>): Graph {
  const builder = new GraphBuilder()
  const values = inputs.map((shape, index) => {
    const input = builder.input(`input${index}`, shape)
    return bits ? sign(builder, input) : input
  })
  builder.output('output', builder.node(op, { name: 'node', inputs: values, attributes, tensors }))
  return builder.build()
}

/** Bits of a value: +1 if it is at least 0. */
export function sign(builder: GraphBuilder, value: string): string {
  return builder.node('threshold', {
    inputs: [value],
    tensors: {
      thresholds: { dtype: 'float32', shape: [1, 1], data: Float32Array.of(0) },
      first: { dtype: 'bit', shape: [1], data: Uint8Array.of(0) },
    },
  })
}
